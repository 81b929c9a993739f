export interface AdoptOptions {
  readonly mend?: string;
}
