/** A loopback server that speaks the providers' wire formats, recordings, faults on demand. */
export { BAD_KEY } from "./authenticate.ts";
export { sharedData, type WireData, wireData } from "./data.ts";
export type { Fault } from "./faults.ts";
export {
  type Interaction,
  type RecordedRequest,
  type RecordedResponse,
  type Recording,
  responseBytes,
} from "./interaction.ts";
export { MISSING_MODEL } from "./missing-model.ts";
export { type Recorder, type RecordOptions, record } from "./record.ts";
export { type PlannedRequest, refusalFor } from "./referee.ts";
export type { Refusal } from "./refusal.ts";
export { type Replayer, ReplayMismatchError, type ReplayOptions, replay } from "./replay.ts";
export { type KeptRun, replayRun } from "./replay-run.ts";
export type { RetryAfter } from "./retry-after.ts";
export type { Scripted, ScriptedReply } from "./script.ts";
export {
  type ServedRecording,
  type ServedRequest,
  type ServeOptions,
  serveRecording,
} from "./serve-recording.ts";
export {
  type ProviderAddress,
  type Simulator,
  type SimulatorOptions,
  simulator,
} from "./server.ts";
export type { SimulatorControls, SimulatorRequest } from "./services.ts";
export type { Answer, AnswerCall, Turn, TurnMessage, TurnTool } from "./turn.ts";
