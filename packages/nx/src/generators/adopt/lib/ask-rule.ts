import { createInterface } from "node:readline";
import { isInteractive, type Terminal } from "../../confirm-loss.js";

/**
 * Asks which rule is to be mended.
 *
 * @param rules - ids to choose from; none needs no question
 * @returns `undefined` where nobody can be asked, or the answer is none of them
 */
export async function askRule(rules: readonly string[], terminal: Terminal): Promise<string | undefined> {
  if (rules.length === 0 || !isInteractive(terminal)) return undefined;
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stdout });
  const answer = await new Promise<string>((resolve) => {
    prompt.question(`Mend one of ${rules.join(", ")}? (its name; nothing for none) `, resolve);
    // Ctrl-C and Ctrl-D close the prompt without an answer.
    prompt.once("close", () => resolve(""));
  });
  prompt.close();
  return rules.find((rule) => rule === answer.trim());
}
