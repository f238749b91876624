/** `otel()`: an agent's runs as OpenTelemetry spans and metrics, by the GenAI conventions. */
import {
  type Attributes,
  context,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Observer, SpanEnd } from "../observer.ts";
import { atEnd, atStart, spanName } from "./attributes.ts";
import { contentAtEnd, contentAtStart, wantedByEnvironment } from "./content.ts";
import { measure } from "./metrics.ts";
import { genAI } from "./names.ts";

export interface OtelOptions {
  /**
   * Whether messages, tools' arguments and results go into spans. Default: false, unless the variable
   * `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` is "true" or "SPAN_ONLY".
   */
  captureContent?: boolean;
  /** Default: the registered provider's. */
  tracer?: Tracer;
  /** Default: the registered provider's. */
  meter?: Meter;
}

const scope = "@polycall/agent";

/**
 * Observes runs for OpenTelemetry: `agent({ observe: otel() })`. Spans: `invoke_agent NAME` around the run,
 * `chat MODEL` and `execute_tool NAME` within it, a sub-agent's run within the call that began it. Without a
 * registered SDK nothing is recorded and nothing breaks.
 */
export function otel(options: OtelOptions = {}): Observer {
  const captures = options.captureContent ?? wantedByEnvironment();
  const tracer = options.tracer ?? trace.getTracer(scope);
  let told: ReturnType<typeof measure> | undefined;
  /** Spans that have begun, by the ids of what they stand for: they nest without a context manager, too. */
  const open = new Map<string, Span>();

  return async function otel(info, work) {
    // An SDK may be registered after this was made: a meter, unlike a tracer, does not wait for it.
    told ??= measure(options.meter ?? metrics.getMeter(scope));
    const start = atStart(info);
    const active = context.active();
    const parent = info.parent === undefined ? undefined : open.get(info.parent);
    const span = tracer.startSpan(
      spanName(info),
      {
        kind: info.kind === "model" ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: { ...start, ...(captures && contentAtStart(info)) },
      },
      parent ? trace.setSpan(active, parent) : active,
    );
    const since = performance.now();
    let known: SpanEnd = {};
    let failure: Attributes = {};
    open.set(info.id, span);
    try {
      return await context.with(trace.setSpan(active, span), () =>
        work((end) => {
          known = end;
        }),
      );
    } catch (error) {
      failure = failed(span, typeOf(error), error instanceof Error ? error.message : undefined);
      throw error;
    } finally {
      // A tool's error is what the model is told: content.
      if (known.error !== undefined)
        failure = failed(span, known.errorType ?? "tool_error", captures ? known.error : undefined);
      const end = atEnd(info, known);
      span.setAttributes({ ...end, ...failure, ...(captures && contentAtEnd(info, known)) });
      if (open.get(info.id) === span) open.delete(info.id);
      span.end();
      const seconds = (performance.now() - since) / 1000;
      told(info.kind, seconds, { ...start, ...end, ...failure }, known.usage);
    }
  };
}

function failed(span: Span, type: string, message: string | undefined): Attributes {
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
  return { [genAI.errorType]: type };
}

/** The class of what was thrown; of a limit that is thrown through the loop, the limit. */
function typeOf(error: unknown): string {
  if (error instanceof Error) return error.name;
  return error === null || typeof error !== "object"
    ? typeof error
    : error.constructor?.name || "_OTHER";
}
