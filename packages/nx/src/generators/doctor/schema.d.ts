export interface DoctorOptions {
  readonly json?: boolean;
  readonly fix?: boolean | string | readonly string[];
}
