/** Every link of a page to another file of the repository leads somewhere, headings included. */
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.ts";

const pages = globSync(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root }).sort();

/** The headings of a page as GitHub names them in a link. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("%s has no broken link", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link]) => link!);
  const broken = links.filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path ? join(root, dirname(page), path) : join(root, page);
    if (!existsSync(target)) return true;
    return anchor !== undefined && statSync(target).isFile()
      ? !anchors(readFileSync(target, "utf8")).includes(anchor)
      : false;
  });
  expect(broken).toEqual([]);
});

test("the documentation's first page leads to every other", () => {
  const text = readFileSync(join(root, "docs", "README.md"), "utf8");
  const others = globSync("*.md", { cwd: join(root, "docs") }).filter((one) => one !== "README.md");
  expect(others.filter((page) => !text.includes(`](${page})`))).toEqual([]);
});
