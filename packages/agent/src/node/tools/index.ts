/** What @polycall/agent/tools exports. */
export { calculatorTool } from "./calculator.ts";
export { ToolRefusal } from "./ready.ts";
