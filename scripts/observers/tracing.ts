/** What a program gives Node by `--import` to trace its http calls; prints the client's spans at exit. */
import { SpanKind } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

const exporter = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor(exporter)];
const instrumentation = new HttpInstrumentation();
instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors }));
process.on("exit", () => {
  const spans = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT);
  console.log(JSON.stringify(spans.map(({ name }) => name)));
});
