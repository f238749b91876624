/** Any document to Markdown. */
export type {
  ConversionLimits,
  ConvertContext,
  Converter,
  Markdown,
  Page,
  SourceFile,
} from "./converter.ts";
