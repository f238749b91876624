/** What a quirk is: one named edit of the request that a host needs. */
import type {
  AssistantMessage,
  CapabilityFacts,
  Changes,
  CompletionRequest,
  Message,
} from "@polycall/core";

/** What a quirk may read. Nothing of the caller's is ever changed. */
export interface Draft {
  readonly request: CompletionRequest;
  readonly provider: string;
  /** The model as the host names it. */
  readonly model: string;
  /** The name that facts are looked up by, where it differs (an Azure deployment's base model). */
  readonly baseModel: string;
  /** The endpoint is /chat/completions. */
  readonly onChat?: boolean;
  /** What the user says of the model, and what was learned: it goes over the row. */
  readonly known?: CapabilityFacts;
  readonly changes: Changes;
}

export type Body = { [key: string]: unknown };

export interface Quirk {
  readonly name: string;
  /**
   * `messages` and `body` hold on /responses too: they are given the history and the parameters
   * before these get that API's shapes and names.
   */
  readonly onBoth?: boolean;
  /** Edits the history, in the caller's own types; gives the same array back when it had no need. */
  messages?(messages: readonly Message[], draft: Draft): readonly Message[];
  /** Edits a copy of an assistant message that is about to be sent. */
  assistant?(wire: Body, message: AssistantMessage, draft: Draft): void;
  /** Edits the body, which is the plan's own object; messages and tools in it are not. */
  body?(body: Body, draft: Draft): void;
}
