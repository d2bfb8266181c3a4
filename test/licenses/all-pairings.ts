/**
 * The slow twin of sessions without an id: every way to say which check-outs the check-ins of a short log belong to, and the use
 * at each instant by each of them. Tests only.
 *
 * A way is consistent when each check-in gives back seats of its holder that are out, as many as it states while so many are,
 * or of one session whole where it states none. With `share` it is the session that holds just so many, as long as none of the
 * holder was shrunk by a guess. A check-out takes up seats that linger where just so many were given back at once, and else new
 * ones. What is given back when all is over by contract is of one that timed out, the first time; then of none.
 */

export type Step = {
  kind: 'out' | 'borrow' | 'in' | 'restart' | 'use';
  at: number;
  holder: string;
  quantity: number;
  /** A check-in that states no quantity, of one session. */
  whole?: boolean;
  /** A check-in of all that the holder has. */
  all?: boolean;
  /** Of a check-out, where what it counts by is no more than a value that it has. */
  value?: string;
};

export type Plan = {
  /** `holder`: all the sessions of a holder count once; `all`: those of everybody; `value`: those of one value. */
  share: 'none' | 'holder' | 'all' | 'value';
  linger: number;
  timeout?: number;
  borrow?: number;
  restarts?: boolean;
};

/** By instant: seats in use, and those of them that are proven where a session without a check-in is a doubt. */
export type Levels = { used: number[]; sure: number[] };

/** Seats of one session that were taken at once: out, or given back and lingering. */
type Piece = {
  session: number;
  holder: string;
  quantity: number;
  from: number;
  until: number;
  state: 'out' | 'borrowed' | 'lingers' | 'over' | 'lapsed' | 'lapsed borrowed';
  /** When its holder was seen to use it, whatever becomes of it. */
  seen?: readonly number[];
};

type State = { pieces: readonly Piece[]; loose: ReadonlySet<string>; returned: ReadonlySet<string> };

const NEVER = 1_000;

/** All ways to take `quantity` from pieces that hold so many. */
function* waysToTake(quantity: number, held: readonly number[]): Generator<number[]> {
  const [first, ...rest] = held;
  if (first === undefined) {
    if (quantity === 0) yield [];
    return;
  }
  for (let part = 0; part <= Math.min(first, quantity); part++)
    for (const others of waysToTake(quantity - part, rest)) yield [part, ...others];
}

export function* pairings(steps: readonly Step[], plan: Plan, end: number): Generator<Levels> {
  yield* pairFrom(0, { pieces: [], loose: new Set(), returned: new Set() });

  function* pairFrom(index: number, before: State): Generator<Levels> {
    const step = steps[index];
    if (step === undefined) {
      yield levelsOf(before.pieces, plan, end, steps);
      return;
    }
    const state = { ...before, pieces: before.pieces.map((piece) => lapsed(piece, step.at)) };
    for (const next of nextOf(state, step, index))
      yield* pairFrom(index + 1, { ...next, pieces: together(next.pieces, new Set(state.pieces)) });
  }

  function nextOf(state: State, step: Step, index: number): Iterable<State> {
    if (step.kind === 'restart') return [restarted(state, step)];
    if (step.kind === 'use') return used(state, step, index);
    return step.kind === 'in' ? checkedIn(state, step, index) : checkedOut(state, step, index);
  }

  function restarted(state: State, { at }: Step): State {
    const pieces = state.pieces.map(
      (piece): Piece => (piece.state === 'out' ? { ...piece, until: at, state: 'over' } : piece),
    );
    return { ...state, pieces };
  }

  function* checkedOut(state: State, { kind, at, holder, quantity }: Step, index: number): Generator<State> {
    const isBorrowed = kind === 'borrow' && plan.borrow !== undefined;
    const lasts = isBorrowed ? plan.borrow! : (plan.timeout ?? NEVER);
    const taken: Piece = {
      session: index,
      holder,
      quantity,
      from: at,
      until: at + lasts,
      state: isBorrowed ? 'borrowed' : 'out',
    };
    const again = state.pieces.filter(
      (piece) => piece.holder === holder && piece.state === 'lingers' && piece.quantity === quantity,
    );
    if (again.length === 0) yield { ...state, pieces: [...state.pieces, taken] };
    for (const each of again) {
      const pieces = state.pieces.map(
        (piece): Piece => (piece === each ? { ...piece, until: at, state: 'over' } : piece),
      );
      yield { ...state, pieces: [...pieces, { ...taken, session: each.session }] };
    }
  }

  /** Of what its holder has out it is a use too; it takes what it needs besides, and gives it back at once. */
  function* used(state: State, step: Step, index: number): Generator<State> {
    const { at, holder, quantity } = step;
    const out = state.pieces.filter(
      (piece) => piece.holder === holder && (piece.state === 'out' || piece.state === 'borrowed'),
    );
    const more = out.reduce((rest, piece) => rest - piece.quantity, quantity);
    const lasts = Math.max(plan.linger, 1);
    const taken: Piece = {
      session: index,
      holder,
      quantity: more,
      from: at,
      until: at + lasts,
      state: 'lingers',
    };
    if (out.length > 0) {
      const pieces = state.pieces.map((piece) =>
        out.includes(piece) ? { ...piece, seen: [...(piece.seen ?? []), at] } : piece,
      );
      yield { ...state, pieces: more > 0 ? [...pieces, taken] : pieces };
      return;
    }
    for (const next of checkedOut(state, step, index)) {
      const pieces = next.pieces.map(
        (piece): Piece =>
          piece.state === 'out' && piece.holder === holder
            ? { ...piece, until: at + lasts, state: 'lingers' }
            : piece,
      );
      yield { ...next, pieces };
    }
  }

  function* checkedIn(state: State, step: Step, index: number): Generator<State> {
    const { at, holder, quantity, whole = false } = step;
    const own = state.pieces.filter((piece) => piece.holder === holder);
    const out = own.filter((piece) => piece.state === 'out' || piece.state === 'borrowed');
    const returned = new Set([...state.returned, holder]);
    if (step.all) {
      const pieces = state.pieces.flatMap((piece) =>
        out.includes(piece) ? givenBack(piece, piece.quantity, at) : [piece],
      );
      const loose = new Set([...state.loose].filter((each) => each !== holder));
      yield { ...state, loose, pieces };
      return;
    }
    const isFirst = !state.returned.has(holder);
    const late = own.filter(
      (piece) =>
        (piece.state === 'lapsed' && isFirst) ||
        (piece.state === 'lapsed borrowed' && isFirst && out.length > 0),
    );
    for (const each of late) {
      if (!whole && each.quantity !== quantity) continue;
      const isLate = each.state === 'lapsed';
      const pieces = state.pieces.flatMap((piece): Piece[] => {
        if (piece !== each) return [piece];
        if (!isLate) return [{ ...piece, state: 'over' }];
        return givenBack({ ...piece, until: NEVER }, piece.quantity, at);
      });
      yield { ...state, returned, pieces };
    }
    if (out.length === 0) {
      const waits = own.find((piece) => piece.state === 'lapsed borrowed');
      if (waits !== undefined) {
        const pieces = state.pieces.map(
          (piece): Piece => (piece === waits ? { ...piece, state: 'over' } : piece),
        );
        yield { ...state, returned, pieces };
      } else yield { ...state, returned, pieces: [...state.pieces, orphan(step, quantity, index)] };
      return;
    }
    const held = new Map<number, number>();
    for (const { session, quantity: more } of out) held.set(session, (held.get(session) ?? 0) + more);
    const takeSession = (session: number) =>
      state.pieces.flatMap((piece) =>
        out.includes(piece) && piece.session === session ? givenBack(piece, piece.quantity, at) : [piece],
      );
    const isLoose = state.loose.has(holder);
    if (whole) {
      const isOpen = new Set(held.values()).size > 1;
      const loose = new Set(state.loose);
      if (isOpen) loose.add(holder);
      else if (held.size === 1) loose.delete(holder);
      for (const session of held.keys()) yield { ...state, loose, returned, pieces: takeSession(session) };
      return;
    }
    const exact = [...held].filter(([, seats]) => seats === quantity);
    if (exact.length > 0 && !isLoose) {
      for (const [session] of exact) yield { ...state, returned, pieces: takeSession(session) };
      return;
    }
    const total = out.reduce((sum, piece) => sum + piece.quantity, 0);
    const ways = [...waysToTake(Math.min(total, quantity), [...held.values()])];
    const loose = new Set(state.loose);
    if (ways.length > 1) loose.add(holder);
    else if (total <= quantity) loose.delete(holder);
    for (const way of ways) {
      const parts = new Map([...held.keys()].map((session, place) => [session, way[place]!]));
      // Of one session those that were taken last.
      const pieces = state.pieces.toReversed().flatMap((piece) => {
        const part = out.includes(piece) ? Math.min(piece.quantity, parts.get(piece.session)!) : 0;
        if (part === 0) return [piece];
        parts.set(piece.session, parts.get(piece.session)! - part);
        return givenBack(piece, part, at);
      });
      const rest = quantity - total;
      const left = pieces.toReversed();
      yield { loose, returned, pieces: rest > 0 ? [...left, orphan(step, rest, index)] : left };
    }
  }

  function givenBack(piece: Piece, part: number, at: number): Piece[] {
    const used: Piece = { ...piece, quantity: part, until: at, state: 'over' };
    const lingers: Piece = { ...used, from: at, until: at + plan.linger, state: 'lingers' };
    const rest: Piece = { ...piece, quantity: piece.quantity - part };
    return [used, ...(plan.linger > 0 ? [lingers] : []), ...(rest.quantity > 0 ? [rest] : [])];
  }

  /** Of a check-in without a check-out it is certain that its seats linger. */
  function orphan({ at, holder }: Step, quantity: number, index: number): Piece {
    return { session: index, holder, quantity, from: at, until: at + plan.linger, state: 'lingers' };
  }
}

/** What a check-in gave back of one session lingers as one. */
function together(pieces: readonly Piece[], before: ReadonlySet<Piece>): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const isNew = piece.state === 'lingers' && !before.has(piece);
    const at = isNew
      ? merged.findIndex(
          (each) => each.state === 'lingers' && !before.has(each) && each.session === piece.session,
        )
      : -1;
    if (at < 0) merged.push(piece);
    else merged[at] = { ...piece, quantity: merged[at]!.quantity + piece.quantity };
  }
  return merged;
}

function lapsed(piece: Piece, at: number): Piece {
  if (piece.until > at) return piece;
  if (piece.state === 'out') return { ...piece, state: 'lapsed' };
  if (piece.state === 'borrowed') return { ...piece, state: 'lapsed borrowed' };
  return piece.state === 'lingers' ? { ...piece, state: 'over' } : piece;
}

function levelsOf(pieces: readonly Piece[], plan: Plan, end: number, steps: readonly Step[]): Levels {
  const used: number[] = [];
  const sure: number[] = [];
  const isSure = (piece: Piece) => piece.state !== 'out' || plan.timeout !== undefined;
  for (let at = 0; at <= end; at++) {
    const now = pieces.filter(({ from, until }) => from <= at && at < until);
    used.push(levelOf(now, plan, steps));
    sure.push(
      levelOf(
        now.filter((piece) => isSure(piece) || piece.from === at || piece.seen?.includes(at)),
        plan,
        steps,
      ),
    );
  }
  return { used, sure };
}

function levelOf(pieces: readonly Piece[], { share }: Plan, steps: readonly Step[]): number {
  const sessions = new Map<number, { holder: string; seats: number }>();
  for (const { session, holder, quantity } of pieces) {
    const seats = (sessions.get(session)?.seats ?? 0) + quantity;
    sessions.set(session, { holder, seats });
  }
  const levels = new Map<string, number>();
  for (const [session, { holder, seats }] of sessions) {
    const own = String(session);
    const key = { none: own, holder, all: '', value: steps[session]!.value ?? own }[share];
    levels.set(key, Math.max(levels.get(key) ?? 0, seats));
  }
  return [...levels.values()].reduce((sum, level) => sum + level, 0);
}
