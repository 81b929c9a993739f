/** Options of the `microservice-remove` generator, as schema.json describes them. */
export interface MicroserviceRemoveOptions {
  name: string;
  force?: boolean;
}
