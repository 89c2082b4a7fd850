/**
 * The members of a closed union, in the order of `all`. A member that is missing there does not compile, which a list
 * of them would.
 */
export function membersOf<Member extends string>(all: Readonly<Record<Member, unknown>>): readonly Member[] {
  return Object.keys(all) as Member[];
}
