/** A rule that reads well but that we cannot run: thrown while one rule is compiled, caught at its document. */
export class RuleRefusal extends Error {
  override readonly name = 'RuleRefusal';
}
