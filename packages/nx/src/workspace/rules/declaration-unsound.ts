import { APP_YML, declareMicroservice, type MicroserviceDeclaration, withdrawMicroservice } from "../app-yml.js";
import { findDeclaration } from "./declared-but-missing.js";
import { findLine } from "./locate.js";
import type { Mend, Report, Rule } from "./rule.js";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A merge can declare a service twice; a hand, with an address or with a variable that is another's. */
export const declarationUnsound: Rule = {
  id: "declaration-unsound",
  finds: "a service that app.yml declares twice, with another's variable, or with an address instead of a variable",
  severity: "error",
  mendedBy: "fix",
  check: ({ declared, services, workspace }) => {
    const text = workspace.read(APP_YML);
    return declared.flatMap((declaration, index): Report[] => {
      const { name, url } = declaration;
      const place = { path: APP_YML, line: findDeclaration(text, name) };
      const earlier = declared.slice(0, index);
      const twin = earlier.find((other) => other.name === name);
      if (twin !== undefined) return [{ ...place, what: `${name} is declared twice`, mend: declareAnew(twin) }];
      const rival = earlier.find((other) => other.url === url);
      const remedy = "give each service a variable of its own";
      if (rival !== undefined) return [{ ...place, what: `${name} and ${rival.name} take their URL from one variable, ${url}`, remedy }];
      if (VARIABLE.test(url)) return [];
      const variable = services.find(({ names }) => names.kebab === name)?.names.variable;
      const mend = variable === undefined ? undefined : declareAnew({ name, url: variable });
      return [{ path: APP_YML, line: findLine(text, url), what: `${name} is declared with an address, where the name of a variable belongs`, mend, remedy: mend ? undefined : "write the name of a variable" }];
    });
  },
};

function declareAnew(declaration: MicroserviceDeclaration): Mend {
  const edit = (text: string | undefined): string => {
    const rest = text === undefined ? undefined : withdrawMicroservice(text, declaration.name);
    return declareMicroservice(rest, declaration);
  };
  return { by: "fix", files: [{ path: APP_YML, edit }] };
}
