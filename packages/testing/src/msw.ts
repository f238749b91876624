/** The simulator as msw handlers for the providers' real URLs, so that nothing need be configured. */
import type { HttpHandler, HttpResponse as HttpResponseType } from "msw";
import { pieces } from "./pieces.ts";
import { realUrls } from "./real-urls.ts";
import {
  type Outcome,
  SimulatedServices,
  type SimulatorControls,
  type SimulatorRequest,
} from "./services.ts";

/** Options of the handlers. */
export interface MswSimulatorOptions {
  /** Check requests as strictly as the real services do. Default true. */
  strict?: boolean;
}

/** The handlers, and what a test says to them. */
export interface MswSimulator extends SimulatorControls {
  /** For `setupServer(...handlers)`. */
  readonly handlers: HttpHandler[];
}

/** msw is an optional peer: only who calls for it needs it. */
async function loadMsw(): Promise<typeof import("msw")> {
  try {
    return await import("msw");
  } catch (cause) {
    const message = "mswSimulator() needs msw, which is not installed: npm install --save-dev msw";
    throw new Error(message, { cause });
  }
}

/**
 * Handlers that answer every simulated provider's real URLs, whichever client calls. In Node.
 * @throws Error with the command that installs msw, where it is missing
 */
export async function mswSimulator({
  strict = true,
}: MswSimulatorOptions = {}): Promise<MswSimulator> {
  const { http, HttpResponse } = await loadMsw();
  const services = new SimulatedServices(strict);
  const handlers = realUrls.map(({ provider, url }) =>
    http.all(url, async ({ request }) => {
      const { pathname, search } = new URL(request.url);
      const seen = services.receive({
        method: request.method,
        path: `/${provider}${pathname}${search}`,
        headers: Object.fromEntries(request.headers),
      });
      const { signal } = request;
      const outcome = await services.answer(seen, await request.text(), signal);
      if (outcome.kind === "reply") return toResponse(outcome, seen, HttpResponse);
      if (outcome.kind === "hang") await aborted(signal);
      seen.aborted = signal.aborted;
      return HttpResponse.error();
    }),
  );
  return Object.assign(services, { handlers });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function toResponse(
  { reply, frames, fault }: Extract<Outcome, { kind: "reply" }>,
  seen: SimulatorRequest,
  HttpResponse: typeof HttpResponseType,
): HttpResponseType<string | ReadableStream> {
  const { status, headers, isStream } = reply;
  if (!isStream && Object.keys(fault).length === 0) {
    return new HttpResponse([...frames].join(""), { status, headers });
  }
  const gone = new AbortController();
  const bytes = pieces(frames, fault, gone.signal);
  const body = new ReadableStream({
    async pull(controller) {
      const { value, done } = await bytes.next();
      if (!done) controller.enqueue(value);
      else if (value) controller.error(new TypeError("terminated"));
      else controller.close();
    },
    cancel() {
      seen.aborted = true;
      gone.abort();
    },
  });
  return new HttpResponse(body, { status, headers });
}
