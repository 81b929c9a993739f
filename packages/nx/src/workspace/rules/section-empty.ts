import { APP_YML } from "../app-yml.js";
import { readLineNumber } from "../source-text.js";
import { findEmptyKey, removeEmptyKey } from "../yaml-empty-key.js";
import type { Report, Rule } from "./rule.js";

const APP_KEYS = ["microservices"];
const ENV_KEYS = ["microservices", "microservice"];

/** A text-based edit takes out the last entry of a section, and not the section. */
export const sectionEmpty: Rule = {
  id: "section-empty",
  finds: "an empty `microservices:`, such as the framework's command leaves when it removes the last service",
  severity: "warning",
  mendedBy: "fix",
  check: ({ workspace, appEnvironment }) => {
    const files = [
      ...[workspace.read(APP_YML)].flatMap((text) => (text === undefined ? [] : [{ path: APP_YML, text, code: "APP_YML", keys: APP_KEYS }])),
      ...appEnvironment.map(({ path, text }) => ({ path, text, code: "ENV_YML", keys: ENV_KEYS })),
    ];
    return files.flatMap(({ path, text, code, keys }) =>
      keys.flatMap((key): Report[] => {
        const offset = findEmptyKey(text, key, { code, path });
        if (offset === undefined) return [];
        const edit = (now = ""): string => removeEmptyKey(now, key, { code, path });
        return [{ what: `${key} names no service`, path, line: readLineNumber(text, offset), mend: { by: "fix", files: [{ path, edit }] } }];
      }),
    );
  },
};
