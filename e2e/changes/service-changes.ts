import { append, defineChanges, editJson, onEveryNx, replace, SERVICES, type TsconfigJson } from "./change.js";

const DELETION = "Nx takes the end of a project to be about every other";

/** Which services and modules there are. */
export const SERVICE_SET = defineChanges([
  {
    title: "a new service",
    apply: async (workspace) => {
      await workspace.run(["nx", "g", "@ooneex/nx:microservice", "refunds"]);
    },
    images: ["refunds"],
    tasks: { "22.7": [...SERVICES, "refunds"] },
    why: "Nx 22 cannot tell which packages a change in bun.lock is about",
  },
  {
    title: "a service less",
    apply: async (workspace) => {
      await workspace.run(["nx", "g", "@ooneex/nx:microservice-remove", "parcels", "--force"]);
    },
    images: [],
    tasks: onEveryNx(["alerts", "ledger"]),
    why: DELETION,
  },
  {
    title: "another name for an imported module",
    apply: async (workspace) => {
      await workspace.run(["git", "mv", "modules/carriers", "modules/couriers"]);
      await workspace.run(["git", "mv", "modules/couriers/carriers.yml", "modules/couriers/couriers.yml"]);
      await replace(workspace, "modules/couriers/package.json", "@module/carriers", "@module/couriers");
      await replace(workspace, "modules/parcels/src/domain.ts", "@module/carriers/", "@module/couriers/");
      await editJson<TsconfigJson>(workspace, "tsconfig.json", ({ compilerOptions: { paths } }) => {
        delete paths["@module/carriers/*"];
        paths["@module/couriers/*"] = ["./modules/couriers/src/*"];
      });
      await workspace.run(["bun", "install"]);
    },
    images: ["parcels"],
    tasks: onEveryNx(SERVICES),
    why: DELETION,
  },
  {
    title: "app.yml",
    apply: (workspace) => append(workspace, "modules/app/app.yml", "title: Acme\n"),
    images: [],
  },
  {
    title: "source of the app",
    apply: (workspace) => replace(workspace, "modules/app/src/OnAppStart.ts", "listens on", "is at"),
    images: [],
  },
]);
