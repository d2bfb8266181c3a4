/** How far a sequence has come: each state is one step reached, and knows the states it may follow. */

export type State = {
  /** The step whose mark leads to it. */
  step: number;
  /** States it follows; none: a sequence begins here. */
  before: readonly number[];
  /** Whether the sequence is complete. */
  final: boolean;
};

/** In an order in which every state comes after those it follows. */
export type States = {
  list: readonly State[];
  /** By step, the states its marks lead to. */
  ofStep: readonly (readonly number[])[];
  /** By step: whether its mark may complete a sequence. */
  completes: readonly boolean[];
  /** By step: whether its mark ends every open sequence. */
  ends: readonly boolean[];
};

/** All of `steps`, one after another; `steps` rise. */
export function allInOrder(steps: readonly number[], ends: readonly number[] = []): States {
  return toStates(
    steps.map((step, index) => ({
      step,
      before: index === 0 ? [] : [index - 1],
      final: index === steps.length - 1,
    })),
    ends,
  );
}

/** Any `wanted` of the steps below `count`, in their order. */
export function someInOrder(count: number, wanted: number, ends: readonly number[] = []): States {
  const list: State[] = [];
  let shorter: number[] = [];
  for (let length = 1; length <= wanted; length++) {
    const own: number[] = [];
    for (let step = length - 1; step <= count - wanted + length - 1; step++) {
      const before = shorter.filter((state) => list[state]!.step < step);
      own.push(list.push({ step, before, final: length === wanted }) - 1);
    }
    shorter = own;
  }
  return toStates(list, ends);
}

function toStates(list: readonly State[], ends: readonly number[]): States {
  const steps = Math.max(...list.map(({ step }) => step), ...ends) + 1;
  const every = Array.from({ length: steps }, (_, step) => step);
  const ofStep = every.map((step) => [...list.keys()].filter((state) => list[state]!.step === step));
  return {
    list,
    ofStep,
    completes: ofStep.map((states) => states.some((state) => list[state]!.final)),
    ends: every.map((step) => ends.includes(step)),
  };
}
