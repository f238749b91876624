/** What is known of models, loaded with the first run that asks. */

let loading: Promise<typeof import("@polycall/models")> | undefined;

/** Asked for once: `import()` takes its time of what is there, too. */
export const catalogue = () => {
  loading ??= import("@polycall/models");
  return loading;
};

/** A model without its provider. */
export const bareName = (model: string) => model.slice(model.indexOf("/") + 1);
