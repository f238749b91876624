/** A page with React's `useChat`, as an app has it; its address names the endpoint. */
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const api = new URLSearchParams(location.search).get("api")!;
const transport = new DefaultChatTransport({ api });

function Page() {
  const { messages, status, error, sendMessage, stop } = useChat({ transport });
  const told = messages.map(({ id, role, parts }) => {
    const texts = parts.map((part) => (part.type === "text" ? part.text : ""));
    return createElement("p", { key: id, className: role }, texts.join(""));
  });
  const ask = () => void sendMessage({ text: "Tell a joke about cats." });
  return createElement(
    "main",
    { className: status },
    createElement("button", { type: "button", onClick: ask }, "Ask"),
    createElement("button", { type: "button", onClick: stop }, "Stop"),
    createElement("output", {}, error?.message ?? ""),
    told,
  );
}

createRoot(document.body).render(createElement(Page));
