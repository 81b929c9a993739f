import fc from "fast-check";
import { holds, torture } from "../torture.js";
import { COLLECTED } from "./collected.js";
import { APP_YML, COMPOSE, ENV_YML, REGISTRY, TSCONFIG } from "./edits.js";
import { type Edit, expectRefused, expectRoundTrip } from "./round-trip.js";
import { appYml, compose, envYml, registry, tsconfig } from "./styles.js";

const FILES = [
  { name: "app.yml", texts: appYml, edit: APP_YML as Edit<unknown>, count: 6_000 },
  { name: ".env.yml", texts: envYml, edit: ENV_YML as Edit<unknown>, count: 6_000 },
  { name: "tsconfig.json", texts: tsconfig, edit: TSCONFIG as Edit<unknown>, count: 4_000 },
  { name: "AppModule.ts", texts: registry, edit: REGISTRY as Edit<unknown>, count: 3_000 },
  { name: "docker-compose.yml", texts: compose, edit: COMPOSE as Edit<unknown>, count: 1_500 },
] as const;

for (const { name, texts, edit, count } of FILES) {
  torture(`${name} in every style: the entry and no other byte, a second run a no-op, removal the identity`, async (tally) => {
    await holds(tally, count, texts, (text) => expectRoundTrip(tally, text, edit));
  });

  torture(`${name} as people write it: the same, or a refusal`, (tally) => {
    for (const text of COLLECTED[name]) {
      tally.cases += 1;
      expectRoundTrip(tally, text, edit);
    }
  });

  torture(`${name} that cannot be parsed: refused`, async (tally) => {
    const harm = fc.tuple(texts, fc.nat(), fc.constantFrom("", "{", "]", "\"", "'", "\t- ", ": :", "*gone", "<<<<<<< HEAD\n", "\0"), fc.nat(3));
    await holds(tally, count / 3, harm, ([text, place, garbage, removed]) => {
      const at = place % (text.length + 1);
      expectRefused(tally, text.slice(0, at) + garbage + text.slice(at + removed), edit);
    });
  });
}
