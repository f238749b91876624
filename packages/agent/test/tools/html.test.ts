/** HTML as a model is given it: what a person would see, in time linear in the page. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fetchTool } from "@polycall/agent/tools";
import { afterAll, beforeAll, expect, test } from "vitest";

let html = "";
const server = createServer((_, response) =>
  response.setHeader("content-type", "text/html; charset=utf-8").end(html),
);
beforeAll(() => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
});

async function read(page: string, maxBytes?: number): Promise<{ title?: string; text: string }> {
  html = page;
  const { port } = server.address() as AddressInfo;
  const tool = fetchTool({ privateAddresses: ["127.0.0.1"], ports: [port], maxBytes });
  const { title, text } = (await tool.execute(
    { url: `http://127.0.0.1:${port}/docs/page` },
    { toolCallId: "c" },
  )) as { title?: string; text: string };
  return { title, text: text.replaceAll(`http://127.0.0.1:${port}`, "HOST") };
}

test("a page as a person reads it", async () => {
  const page = `<!doctype html><html><head><meta charset="utf-8"><title>Prices &amp;
      more</title><style>p { color: red }</style><script>if (1 < 2) alert("<p>no</p>")</script></head>
    <body><h1>Fares</h1><p>From  <b>London</b> to
      <a href="/paris?a=1&amp;b=2">Paris</a>&nbsp;&mdash; <i>daily</i>.<br>Twice on Sundays.</p>
    <ul><li>One <a href="https://other.example/x">other</a></li><li>Two</li></ul>
    <table><tr><th>City</th><th>Fare</th></tr><tr><td>Rome</td><td>&euro;99</td></tr></table>
    <pre>a
  b &lt; c</pre><blockquote>Said he.</blockquote><hr><img src="x.png" alt="A  plane"><p>End</p></body></html>`;
  expect(await read(page)).toEqual({
    title: "Prices & more",
    text: [
      "# Fares",
      "",
      "From London to [Paris](HOST/paris?a=1&b=2) — daily.",
      "Twice on Sundays.",
      "",
      "- One [other](https://other.example/x)",
      "- Two",
      "",
      "City | Fare",
      "Rome | €99",
      "",
      "a",
      "  b < c",
      "",
      "> Said he.",
      "",
      "---",
      "",
      "[image: A plane]",
      "",
      "End",
    ].join("\n"),
  });
});

test.each([
  ["a<b>c</b>d", "acd"],
  ["a <b>c</b> d", "a c d"],
  ["a<br/>b", "a\nb"],
  ["<p>a<p>b", "a\n\nb"],
  ["<div>a</div><div>b</div>", "a\nb"],
  ["1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
  ["a<!-- <p>no</p> -->b", "ab"],
  ["a<!-->b", "ab"],
  ["a<!-- open", "a"],
  ["a<?php no ?>b", "ab"],
  ["<![CDATA[x]]>a", "a"],
  ["</ x>a", "a"],
  ["<p title='<b>no</b>'>a</p>", "a"],
  ['<p title="a>b">c</p>', "c"],
  ["<p title=a>b</p>", "b"],
  ["<p a='open>b", ""],
  ["<P>a</P><SCRIPT>no</SCRIPT >b", "a\n\nb"],
  ["<script>a</scriptx>no</script>b", "b"],
  ["<script>no", ""],
  ["<textarea><p>no</p></textarea>b", "b"],
  ["<template><p>no</p></template>b", "b"],
  ["<svg><text>no</text></svg>b", "b"],
  ["<head><title>t</title><p>a", "a"],
  ["<a href='javascript:alert(1)'>a</a>", "a"],
  ["<a href='#top'>a</a>", "a"],
  ["<a href='/x'> </a>b", "b"],
  ["<a href='/x'><img alt=i></a>", "[[image: i]](HOST/x)"],
  ["<a>a</a></a></a>b", "ab"],
  ["<ul><li>a<ul><li>b<li>c</ul><li>d</ul>e", "- a\n  - b\n  - c\n- d\n\ne"],
  ["<ol><li>a<li>b</ol><ol><li>c</ol>", "1. a\n2. b\n\n1. c"],
  ["<li>a</ul></ul></ol>b", "- a\n\nb"],
  ["&lt;b&gt; &amp;amp; &nope; &", "<b> &amp; &nope; &"],
  ["&#65;&#x42;&#146;&#0;&#xD800;&#x110000;&#99999999999;", "AB’\ufffd\ufffd\ufffd&#99999999999;"],
  ["&copy;2026 &yuml;&Agrave;&times;", "©2026 ÿÀ×"],
  ["", ""],
  ["plain", "plain"],
])("%j is %j", async (page, text) => {
  expect((await read(`<body>${page}`)).text).toBe(text);
});

test.each([
  ["<p hidden>no</p>"],
  ["<div style='display: none'>no<div>no</div>no</div>"],
  ["<div style='color:red;DISPLAY:NONE!important'>no</div>"],
  ["<span style='font-size:0'>no</span>"],
  ["<span style='font-size: 0px'>no</span>"],
  ["<span style='opacity:0'>no</span>"],
  ["<span style='visibility:hidden'>no</span>"],
  ["<dialog>no</dialog>"],
  ["<p hidden>no"],
])("what a person does not see is not shown: %s", async (hidden) => {
  expect((await read(`<body><p>a</p>${hidden}<p>b</p>`)).text).toBe("a\n\nb");
});

test.each([
  ["<span style='opacity:0.5'>yes</span>"],
  ["<span style='font-size:0.8em'>yes</span>"],
  ["<span data-hidden>yes</span>"],
])("what a person sees is shown: %s", async (shown) => {
  expect((await read(`<body>${shown}`)).text).toBe("yes");
});

test("no page takes long", async () => {
  const times: number[] = [];
  for (const piece of [
    "<",
    "<a ",
    "<a b='",
    "<!--",
    "<script>",
    "</script",
    "<title>",
    "<div>",
    "<a href=x>",
    "<a href=x>b",
    "<p style='  ;;;; '>",
    "&",
    "&#",
    "&aaaaaaaaaaaaaaaa",
    " ",
    "\n \n",
    "<li>",
    "<p hidden>",
    "<a/=/=/=",
    "<pre>",
    "<td>",
    "<a b=c ",
    "<meta ",
    "charset",
  ]) {
    const page = piece.repeat(Math.ceil(100_000 / piece.length));
    const started = performance.now();
    await read(`<body>${page}`);
    times.push(performance.now() - started);
  }
  expect(Math.max(...times)).toBeLessThan(1500);
});

test("text that was cut in the middle is still read", async () => {
  expect((await read(`<body><p>${"é".repeat(1000)}`, 1002)).text).toBe("é".repeat(496));
});
