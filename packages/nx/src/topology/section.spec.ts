import { describe, expect, it } from "vitest";
import { END, replaceSection, START } from "./section.js";

const DRAWING = "flowchart LR\n  n0[\"a\"]\n";
const draw = (text: string | undefined, drawing = DRAWING): string => replaceSection(text, drawing, "README.md");

describe("the section of a Markdown file", () => {
  it.each([
    ["none", undefined, ""],
    ["an empty one", "", ""],
    ["one with a last line ending", "# Acme\n", "# Acme\n\n"],
    ["one without", "# Acme", "# Acme\n\n"],
    ["one with an empty last line", "# Acme\n\n", "# Acme\n\n"],
  ])("is added at the end of %s", (_, before, head) => {
    const after = draw(before);
    expect(after.startsWith(`${head}## Topology\n\n${START}\n`)).toBe(true);
    expect(after).toContain("```mermaid\nflowchart LR\n  n0[\"a\"]\n```\n");
    expect(after.endsWith(`${END}\n`)).toBe(true);
    expect(draw(after)).toBe(after);
  });

  it("keeps every byte outside of the markers", () => {
    const [head, tail] = ["# Acme\r\n\r\ntext  \n\ttab\n", "\n\n## After\r\nno end"];
    const after = draw(`${head}${START}\nold\n${END}${tail}`);
    expect(after.startsWith(`${head}${START}\n`)).toBe(true);
    expect(after.endsWith(`${END}${tail}`)).toBe(true);
    expect(after).not.toContain("old");
    const next = draw(after, "flowchart LR\n");
    expect(next.startsWith(head) && next.endsWith(tail)).toBe(true);
    expect(draw(next)).toBe(after);
  });

  it("takes the line endings of the file", () => {
    expect(draw("# Acme\r\n").replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("leaves markers in a code block alone", () => {
    const text = `# How\n\n\`\`\`\`md\n\`\`\`\n${START}\n${END}\n\`\`\`\`\n`;
    expect(draw(text).startsWith(text)).toBe(true);
    expect(draw(draw(text))).toBe(draw(text));
  });

  it.each([
    ["no end", `a\n${START}\n`, 2],
    ["no start", `a\n\n${END}\n`, 3],
    ["the wrong order", `${END}\n${START}\n`, 2],
    ["two pairs", `${START}\n${END}\n${START}\n${END}\n`, 3],
    ["an open code block", "# a\n```sh\nls\n", 4],
  ])("refuses %s, with the line", (_, text, line) => {
    expect(() => draw(text)).toThrow(expect.objectContaining({ code: "TOPOLOGY_MARKERS", where: `README.md:${line}` }) as Error);
  });
});
