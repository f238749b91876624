/** Pictures and sounds, in the words of a model. */
import type { Converter } from "../converter.ts";
import { DocumentError } from "../errors.ts";

export const convert: Converter["convert"] = async ({ bytes, mediaType, name }, { describe }) => {
  if (!describe)
    throw new DocumentError(
      `${mediaType} is read by a model: name one, as describe: { model: "provider/model" }.`,
      { code: "missing_converter" },
    );
  const said = await describe({ bytes, mediaType, ...(name && { name }) });
  return { markdown: `${said.trim()}\n`, warnings: [] };
};
