import { runProbe } from "./engine.js";

/**
 * Asks each question once, for what does not change while a process runs, such as the version of an engine.
 *
 * @param probe - how a question is asked for the first time
 */
export function rememberProbe(probe: typeof runProbe = runProbe): typeof runProbe {
  const answers = new Map<string, ReturnType<typeof runProbe>>();
  return (argv, timeout) => {
    const question = JSON.stringify(argv);
    const answer = answers.get(question) ?? probe(argv, timeout);
    answers.set(question, answer);
    return answer;
  };
}
