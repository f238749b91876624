/** An analyst over a database that it can only read. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { agent } from "@polycall/agent";
import { sqlTool } from "@polycall/agent/tools";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["query_sql", { sql: "delete from sales" }]),
  call([
    "query_sql",
    { sql: "select city, sum(dollars) as total from sales group by city order by total desc" },
  ]),
  "Oslo sold most: 350 dollars.",
]);

const database = new DatabaseSync(":memory:");
database.exec(`
  create table sales (city text, dollars integer);
  insert into sales values ('Oslo', 200), ('Rome', 120), ('Oslo', 150);
`);

const analyst = agent({
  model,
  client,
  instructions: "Answer from the database.",
  tools: [sqlTool({ database })],
});
const run = await analyst.run("Which city sold most?");
for (const { args, content } of run.steps.flatMap(({ calls }) => calls)) console.log(args, content);
console.log(run.output);

assert.match(run.output, /Oslo/);
assert.equal(database.prepare("select count(*) as n from sales").get()?.n, 3);
await close();
