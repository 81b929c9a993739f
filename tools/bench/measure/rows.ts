import { addUnrelated, editSource } from "../workspace/edits.js";
import { useImports } from "../workspace/base.js";
import { nameNewService } from "../workspace/service-names.js";
import type { Build, Contender } from "./contender.js";
import { NEW, NOTHING, OTHER, OWN, UNRELATED } from "./row-names.js";

/** A change of the workspace, and what it costs to build the set after it. */
export interface Row {
  readonly name: string;
  /** Makes the change, before the clock starts. @returns the services to build */
  readonly change: (contender: Contender, round: number) => Promise<readonly string[]>;
}

const changeNothing: Row["change"] = ({ names }) => Promise.resolve(names.built);

const changeOther: Row["change"] = async ({ workspace, names }, round) => {
  await editSource(workspace, names.other, round);
  return names.built;
};

const changeOwn: Row["change"] = async ({ workspace, names }, round) => {
  await editSource(workspace, names.built[0] ?? "", round);
  return names.built;
};

const addDependency: Row["change"] = async ({ workspace, names }, round) => {
  await addUnrelated(workspace, round);
  return names.built;
};

const addService: Row["change"] = async (contender, round) => {
  const { workspace, names, subject } = contender;
  const name = nameNewService(subject.code, round);
  await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
  await useImports(workspace, name, round);
  await contender.writeServices([name]);
  return [...names.built, name];
};

/** In the order of their names. */
export const ROWS: readonly Row[] = [
  { name: NOTHING, change: changeNothing },
  { name: OTHER, change: changeOther },
  { name: OWN, change: changeOwn },
  { name: UNRELATED, change: addDependency },
  { name: NEW, change: addService },
];

/**
 * Holds a build to what its row says: where a source has changed an image has to change, and a step of it has to have been
 * seen to run. Otherwise neither the times nor a count of no steps would mean anything.
 *
 * @throws Error with the row, the subject and the service
 */
export function checkBuild({ name }: Row, { subject, names }: Contender, before: Build, after: Build): void {
  if (name !== OWN) return;
  const [first = ""] = names.built;
  if (before.ids.get(first) === after.ids.get(first)) throw new Error(`${name}: ${subject.name} left the image of ${first} as it was`);
  if (after.steps === 0) throw new Error(`${name}: ${subject.name} built ${first} without a step that BuildKit spoke of`);
}
