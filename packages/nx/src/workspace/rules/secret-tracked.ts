import { isSecret } from "../docker-ignore.js";
import { readLineNumber } from "../source-text.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

/** Says by its name that it is an example of a file with secrets, and holds none. */
const EXAMPLE = /[.-](?:example|sample|template|dist)(?:\.|$)/;

/** Where a secret may be written by mistake; a lockfile is large and holds hashes only. */
const TEXT = /\.(?:[cm]?[jt]sx?|json|ya?ml|toml|env|sh|tf|properties)$|(?:^|\/)(?:Dockerfile|\.env)[^/]*$/;
const SKIPPED = /(?:^|\/)(?:bun\.lock|package-lock\.json|tests?|fixtures)(?:\/|$)|\.(?:spec|test)\.[cm]?[jt]sx?$/;

/** What nothing but a secret looks like, as its issuers document it. */
const SECRETS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a GitHub token", /\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{60,})/],
  ["a GitLab token", /\bglpat-[\w-]{20,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a Slack token", /\bxox[abprs]-[\w-]{20,}/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{16,}/],
];
const SIGNED_URL = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`$<{]+:[^\s:/@"'`$<{]+@[^\s"'`]+/g;

/** Whoever can read the repository, now or later, can read what git has. The finding does not repeat the secret. */
export const secretTracked: Rule = {
  id: "secret-tracked",
  finds: "a secret in a file that git tracks",
  severity: "error",
  mendedBy: "hand",
  check: ({ workspace }) => {
    const dockerIgnore = workspace.read(".dockerignore");
    return [...(workspace.listTracked() ?? [])].flatMap((path): Report[] => {
      if (isSecret(path, dockerIgnore) && !EXAMPLE.test(path) && workspace.read(path) !== undefined) return judgeName(path, workspace.read(path) ?? "");
      if (!TEXT.test(path) || SKIPPED.test(path)) return [];
      const text = workspace.read(path) ?? "";
      const found = findSecret(text);
      const remedy = "take it out of the file, give it by the environment, and make it invalid where it was issued";
      return found === undefined ? [] : [{ what: `git tracks ${found.kind}`, path, line: readLineNumber(text, found.offset), remedy }];
    });
  },
};

/** A registry's address is no secret; a token beside it is. */
function judgeName(path: string, text: string): Report[] {
  if (/\.(?:npm|net)rc$/.test(path) && !/_authToken\s*=\s*(?!\$)|_password\s*=\s*(?!\$)|password\s+\S/.test(text)) return [];
  return [
    {
      what: "git tracks a file that is for secrets",
      path,
      remedy: `git rm --cached ${path}, add it to .gitignore, and make invalid what was in it`,
    },
  ];
}

function findSecret(text: string): { readonly kind: string; readonly offset: number } | undefined {
  for (const [kind, pattern] of SECRETS) {
    const offset = text.search(pattern);
    if (offset !== -1) return { kind, offset };
  }
  for (const { 0: address, index } of text.matchAll(SIGNED_URL)) {
    const url = readUrl(address);
    // One word for a host is a container of a compose file, and `.example` and `example.com` are nobody's.
    const isReal = url !== undefined && url.password !== "" && !isLoopback(url.hostname) && url.hostname.includes(".") && !/(?:^|\.)example(?:\.|$)/.test(url.hostname);
    if (isReal) return { kind: "a URL with a password", offset: index };
  }
  return undefined;
}
