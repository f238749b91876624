/** What the SDK tests ask about. */
export const weather = {
  type: "object" as const,
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "kelvin"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};
export const person = {
  type: "object" as const,
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};
export const question = "What is the weather in Paris, in kelvin?";
export const paris = { city: "Paris", unit: "kelvin" };
