// What we use of better-sqlite3. Ours, so that types check on a machine where the module could not be built.
declare module "better-sqlite3" {
  interface Statement {
    run(...values: unknown[]): unknown;
    get(...values: unknown[]): unknown;
    all(...values: unknown[]): unknown[];
  }
  class Database {
    constructor(path: string, options?: { readonly?: boolean; timeout?: number });
    prepare(sql: string): Statement;
    exec(sql: string): unknown;
    pragma(sql: string, options?: { simple?: boolean }): unknown;
    close(): void;
  }
  export default Database;
}
