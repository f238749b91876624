/** The jokes: one a provider, so that one sees who speaks. */
import { hash } from "./hash.ts";

/** A joke in its two halves. */
export interface Joke {
  setup: string;
  punchline: string;
}

const byProvider: Record<string, (topic: string) => Joke> = {
  openai: (topic) => ({
    setup: `Why did the two ${topic} share one terminal?`,
    punchline: "They wanted a joint session.",
  }),
  anthropic: (topic) => ({
    setup: `How many ${topic} does it take to change a light bulb?`,
    punchline: "None: they would rather discuss why it went dark.",
  }),
  gemini: (topic) => ({
    setup: `Why are ${topic} so good at astronomy?`,
    punchline: "They always have a twin to hold the telescope.",
  }),
  openrouter: (topic) => ({
    setup: `Why did the ${topic} take three different roads home?`,
    punchline: "Somebody had set a fallback.",
  }),
  ollama: (topic) => ({
    setup: `Why do ${topic} never leave the house?`,
    punchline: "They run locally.",
  }),
  groq: (topic) => ({
    setup: `Did you hear the one about ${topic}?`,
    punchline: "Too late, it is already over.",
  }),
};

const others: ((topic: string) => Joke)[] = [
  (topic) => ({
    setup: `What do you call ${topic} behind a reverse proxy?`,
    punchline: "Undercover agents.",
  }),
  (topic) => ({
    setup: `Why did the ${topic} cross the road?`,
    punchline: "The other side had a lower latency.",
  }),
  (topic) => ({
    setup: `What is the favourite music of ${topic}?`,
    punchline: "Anything with a good algo-rhythm.",
  }),
  (topic) => ({
    setup: `Why do ${topic} bring a ladder to work?`,
    punchline: "The stack is very tall.",
  }),
];

/** The joke of a provider and model about a topic in the plural ("cats"). */
export function joke(provider: string, model: string, topic: string, choice: number): Joke {
  const own = byProvider[provider];
  if (own && choice === 0) return own(topic);
  const make = others[(hash(`${provider}/${model}`) + choice) % others.length];
  return (make ?? others[0]!)(topic);
}
