/** A metric and its samples, as every part of the text holds them. */

export type Labels = Readonly<Record<string, string>>;

export type Metric = {
  name: string;
  help: string;
  type?: 'gauge' | 'untyped';
  samples: (readonly [Labels, number])[];
};
