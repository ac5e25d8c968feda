import { Migration } from '@mikro-orm/migrations';

/** A reversal that did not stand is undone once, under its own natural key; one undone before it came is a tombstone of zero. */
export class Migration0006Reinstatements extends Migration {
  override up(): void {
    this.addSql(`
alter table natural_key drop constraint natural_key_kind_check,
  add constraint natural_key_kind_check check (kind in ('refund', 'reversal', 'reinstatement', 'adjustment')),
  drop constraint natural_key_amount_micros_check,
  add constraint natural_key_amount_micros_check check (amount_micros <> 0 or kind = 'reversal')`);
  }
}
