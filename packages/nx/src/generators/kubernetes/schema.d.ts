/** Options of the `kubernetes` generator, as schema.json describes them. */
export interface KubernetesOptions {
  folder?: string;
  environments?: string[];
  namespace?: string;
  pushed?: string[];
}
