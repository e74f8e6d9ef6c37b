//! Every batch of a native test is sent twice.

use std::{cell::Cell, collections::BTreeMap};

use serde_json::Value as Json;

use crate::store::{sqlite::Sqlite, Answer, Batch, Statement, Store, StoreError};

/// A store whose first answer is always lost: each batch is sent twice. The second time must change nothing, and its
/// answer is what the function gets, so every native test shows that a lost answer does no harm. It also sees that whoever
/// writes says what it may be raced for.
pub(super) struct SentTwice<'a>(pub &'a Sqlite);

impl Store for SentTwice<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let names = |wanted: fn(&&Statement) -> bool| {
            batch.statements().iter().filter(wanted).map(Statement::name).collect::<Vec<_>>()
        };
        let writing = names(|statement| {
            statement.writes() && !["overrides_ended", "fallback", "key_used"].contains(&statement.name())
        });
        assert!(writing.is_empty() || !batch.locks().is_empty(), "{writing:?} write, and the batch names no lock");
        let first = self.0.batch(batch).await?;
        let written = self.0.written();
        self.0.mark()?;
        let second = self.0.batch(batch).await;
        assert!(second.is_ok(), "sent again: {second:?}");
        // Where it wrote anything, that was there already.
        if self.0.written() != written {
            let after = everything(self.0);
            self.0.undo()?;
            for (table, rows) in everything(self.0) {
                assert_eq!(Some(&rows), after.get(&table), "sent again, the batch changed the table {table}");
            }
        }
        self.0.unmark()?;
        assert_eq!(first.cost.batches, 1);
        second
    }
}

/// Every row of every table.
pub(super) fn everything(store: &Sqlite) -> BTreeMap<String, Json> {
    let rows = |sql: &str| serde_json::to_value(store.query(sql).expect(sql)).unwrap();
    let tables = rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let names = tables.as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap().to_string());
    names.map(|name| (name.clone(), rows(&format!("SELECT * FROM {name} ORDER BY 1, 2")))).collect()
}

/// A store that loses one answer after the commit, and where something else happens before that batch is sent again. What the
/// batch has done it has done before that, so the second time must change nothing of what has become of it.
pub(super) struct Overtaken<'a> {
    store: &'a Sqlite,
    /// Batches that are answered before the one whose answer is lost.
    answered: Cell<usize>,
    meanwhile: Cell<Option<&'a dyn Fn()>>,
}

impl<'a> Overtaken<'a> {
    pub fn new(store: &'a Sqlite, answered: usize, meanwhile: &'a dyn Fn()) -> Self {
        Self { store, answered: Cell::new(answered), meanwhile: Cell::new(Some(meanwhile)) }
    }

    /// Whether the answer was lost.
    pub fn was_overtaken(&self) -> bool {
        self.meanwhile.take().is_none()
    }
}

impl Store for Overtaken<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let first = self.store.batch(batch).await;
        if let Some(fewer) = self.answered.get().checked_sub(1) {
            self.answered.set(fewer);
            return first;
        }
        let Some(meanwhile) = self.meanwhile.take() else { return first };
        meanwhile();
        let before = everything(self.store);
        let second = self.store.batch(batch).await;
        for (table, rows) in everything(self.store) {
            assert_eq!(before.get(&table), Some(&rows), "sent again, the batch changed the table {table}");
        }
        second
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{store::Lock, testing::Scene};

    fn sent(sql: &'static str) {
        let scene = Scene::new();
        let statements = [Statement::new("teams", sql)];
        let locks = [Lock::Caller];
        let batch = Batch::new(&statements, &[]).with_locks(&locks);
        pollster::block_on(SentTwice(scene.store()).batch(&batch)).unwrap();
    }

    #[test]
    #[should_panic(expected = "the batch changed the table catalog_settings")]
    fn what_changes_the_second_time_is_found() {
        sent("UPDATE catalog_settings SET most_founded_teams = most_founded_teams + 1");
    }

    #[test]
    fn what_is_written_again_as_it_was_is_none() {
        sent("UPDATE catalog_settings SET most_founded_teams = 7");
    }

    #[test]
    fn who_comes_next_finds_the_schema_alone() {
        let database = || Sqlite::with_schema().unwrap();
        let before = everything(&database());
        let one = database();
        one.execute("DROP TRIGGER history_is_not_deleted; DELETE FROM catalog_settings; CREATE TABLE more (id TEXT)")
            .unwrap();
        drop(one);
        assert_eq!(everything(&database()), before);
    }
}
