/** Any document to Markdown. */
export type {
  ConversionLimits,
  ConvertContext,
  Converter,
  Markdown,
  MarkdownStyle,
  Media,
  Page,
  SourceFile,
} from "./converter.ts";
export type { DescribeOptions } from "./describe.ts";
export { DocumentError, type DocumentErrorCode } from "./errors.ts";
export type { DocumentSource } from "./source.ts";
export { defaultLimits, type ToMarkdownOptions, toMarkdown } from "./to-markdown.ts";
