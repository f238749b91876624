/** The sample documents of MarkItDown (MIT) that the shared data holds, and what its tests look for in each. */
export interface Sample {
  file: string;
  includes: string[];
  excludes?: string[];
}

export const samples: readonly Sample[] = [
  {
    file: "test.docx",
    includes: [
      "314b0a30-5b04-470b-b9f7-eed2c2bec74a",
      "49e168b7-d2ae-407f-a055-2167576f39a1",
      "## d666f1f7-46cb-42bd-9a39-9a39cf2a509f",
      "# Abstract",
      "# Introduction",
      "AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation",
      "data:image/png;base64...",
    ],
    excludes: ["data:image/png;base64,iVBORw0KGgoAAAANSU"],
  },
  {
    file: "test.pdf",
    includes: ["While there is contemporaneous exploration of multi-agent approaches"],
  },
  {
    file: "test.xlsx",
    includes: [
      "## 09060124-b5e7-4717-9d07-3c046eb",
      "6ff4173b-42a5-4784-9b19-f49caff4d93d",
      "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0",
    ],
  },
  {
    file: "test.pptx",
    includes: [
      "2cdda5c8-e50e-4db4-b5f0-9722a649f455",
      "04191ea8-5c73-4215-a1d3-1cfb43aaaf12",
      "44bf7d06-5e7a-4a40-a2e1-a2e42ef28c8a",
      "1b92870d-e3b5-4e65-8153-919f4ff45592",
      "AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation",
      "a3f6004b-6f4f-4ea8-bee3-3741f4dc385f",
      "2003",
      "![This phrase of the caption is Human-written.](Picture4.jpg)",
    ],
    excludes: ["data:image/jpeg;base64,/9j/4AAQSkZJRgABAQE"],
  },
  {
    file: "test_blog.html",
    includes: [
      "Large language models (LLMs) are powerful tools that can generate natural language texts for various applications, such as chatbots, summarization, translation, and more. GPT-4 is currently the state of the art LLM in the world. Is model selection irrelevant? What about inference parameters?",
      "an example where high cost can easily prevent a generic complex",
    ],
  },
  {
    file: "test.epub",
    includes: [
      "**Authors:** Test Author",
      "A test EPUB document for MarkItDown testing",
      "# Chapter 1: Test Content",
      "This is a **test** paragraph with some formatting",
      "* A bullet point",
      "* Another point",
      "# Chapter 2: More Content",
      "*different* style",
      "> This is a blockquote for testing",
    ],
  },
];
