import type { ControllerClassType } from "@ooneex/controller";
import type { AssertType } from "@ooneex/validation";

export interface RouteOptions {
  name: string;
  version: number;
  description: string;
  response?: AssertType;
  roles?: string[];
}

export interface RouteConfigType extends RouteOptions {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: `/${string}`;
  controller: ControllerClassType;
}

type RouteDecorator = (path: `/${string}`, config: RouteOptions) => (controller: ControllerClassType) => void;

export const Route: Record<"get" | "post" | "put" | "patch" | "delete", RouteDecorator>;

export const routes: RouteConfigType[];
