/** A body on its way: nothing of it is taken before its sender is admitted. */
export class UnreadBody {
  constructor(readonly read: () => Promise<unknown>) {}
}
