import type { Connection } from "./connection.ts";

/** What all clients together, and those of one user, may hold. */
export interface Shares {
  /** Clients at once. */
  readonly clients: number;
  /** Of those, connections of one user, except root: for one more, the one that has been silent longest is ended. */
  readonly clientsOfUser: number;
  /** Replies in bytes that all clients together have not read. */
  readonly unreadBytes: number;
}

/**
 * The clients of a service by their users. The user that holds most gives way: a newcomer takes the place, and a reply
 * the memory, of the user with most of it, and among that user's connections of the one that has been silent longest. A
 * connection is not silent while it sends, nor while it reads what it is sent.
 */
export class Clients {
  readonly #shares: Shares;
  /** With the user of each, null where that is not known; the client that has been silent longest is first. */
  readonly #users = new Map<Connection, number | null>();

  constructor(shares: Shares) {
    this.#shares = shares;
  }

  get size(): number {
    return this.#users.size;
  }

  all(): Iterable<Connection> {
    return this.#users.keys();
  }

  /**
   * Whether there is a place for one more client of this user. Another connection may be ended for it; where users are
   * not known, no client can be said to hold too much, and the newcomer has none.
   */
  makesPlace(user: number | null): boolean {
    const { clients, clientsOfUser } = this.#shares;
    if (user === null) return this.size < clients;
    const own = this.#of(user);
    if (user !== 0 && own.length >= clientsOfUser) return this.#end(own[0], "crowded");
    if (this.size < clients) return true;
    const users = new Set(this.#users.values());
    const most = [...users].map((one) => this.#of(one)).reduce((a, b) => (b.length > a.length ? b : a));
    return this.#end(most.length > own.length ? most[0] : own[0], "crowded");
  }

  add(connection: Connection, user: number | null): void {
    this.#users.set(connection, user);
  }

  remove(connection: Connection): void {
    this.#users.delete(connection);
  }

  /** It sent something, or is sent something and has read all before. */
  active(connection: Connection): void {
    const user = this.#users.get(connection);
    if (user !== undefined && this.#users.delete(connection)) this.#users.set(connection, user);
  }

  /** Ends connections that do not read, until these bytes can be held beside what is left. */
  makeRoom(bytes: number, to: Connection): void {
    for (;;) {
      const held = new Map<number | null, { bytes: number; first: Connection | null }>();
      let unread = bytes;
      for (const [connection, user] of this.#users) {
        const { unreadBytes } = connection;
        unread += unreadBytes;
        const one = held.get(user) ?? { bytes: 0, first: null };
        one.bytes += unreadBytes + (connection === to ? bytes : 0);
        if (connection !== to && unreadBytes > 0) one.first ??= connection;
        held.set(user, one);
      }
      if (unread <= this.#shares.unreadBytes) return;
      const others = [...held.values()].filter(({ first }) => first !== null);
      const most = others.toSorted((a, b) => b.bytes - a.bytes)[0]?.first ?? null;
      if (most === null) return;
      this.#end(most, "unread");
    }
  }

  #of(user: number | null): readonly Connection[] {
    return [...this.#users].filter(([, other]) => other === user).map(([connection]) => connection);
  }

  #end(connection: Connection | undefined, reason: "unread" | "crowded"): boolean {
    if (connection === undefined) return false;
    // It is closed a little later, and holds nothing by then.
    this.#users.delete(connection);
    connection.cut(reason);
    return true;
  }
}
