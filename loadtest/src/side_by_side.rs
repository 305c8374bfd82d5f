//! Two plans in alternation against the same kind of server. In each round each side gets a fresh server, and
//! the result is the ratio of figures that were measured side by side.

mod heartbeats;
mod with_and_without;

use anyhow::{Result, bail};
use serde::Serialize;

pub(crate) use self::heartbeats::heartbeats;
pub(crate) use self::with_and_without::{flood, logins};
use crate::arguments::Common;
use crate::bound;
use crate::exit::Exit;
use crate::paired_rounds::{self, Pair, SIDES};
use crate::plan::{Plan, Trusted};
use crate::progress::Progress;
use crate::record::{self, BoundCheck};
use crate::report::{self, Destination, Warning};
use crate::run::{self, Ending, Interrupt, Prelude, RunOptions};
use crate::subject::{Recipe, Subject};
use crate::units;

/// The comparison.
pub(crate) struct SideBySide<'a> {
    pub(crate) common: &'a Common,
    pub(crate) rounds: u32,
    /// The second side is compared with the first.
    pub(crate) sides: [Side; 2],
    /// The phase whose figures are compared, and their names as in bounds.
    pub(crate) phase: &'static str,
    pub(crate) figures: &'static [&'static str],
    pub(crate) prelude: Option<Prelude>,
    /// Why side 0 or 1 was not what it was meant to be.
    pub(crate) flaw: fn(usize, &record::Phase) -> Option<String>,
}

/// One of the two sides.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) plan: Plan,
}

#[derive(Serialize)]
struct Results<'a> {
    again: String,
    sides: [&'a str; 2],
    plans: [&'a Plan; 2],
    figures: Vec<paired_rounds::Line>,
    remarks: &'a [String],
    warnings: &'a [String],
    /// Why the comparison is not valid, or which promise was broken.
    flaws: &'a [String],
    bounds: &'a [BoundCheck],
}

/// The results of all rounds.
#[derive(Default)]
struct Seen {
    remarks: Vec<String>,
    warnings: Vec<Warning>,
    flaws: Vec<String>,
}

impl SideBySide<'_> {
    /// Measures both sides in all rounds, and prints the ratios.
    ///
    /// # Errors
    /// If they could not be measured.
    pub(crate) fn run(mut self) -> Result<Exit> {
        let Common { subject, results, .. } = self.common;
        if subject.url.is_some() || results.html.is_some() {
            bail!(
                "what is measured side by side needs fresh servers and makes a table: leave --url \
                 and --html out"
            );
        }
        self.prepare()?;
        let json = results.json.as_deref().map(Destination::open).transpose()?;
        let recipe = Recipe::new(subject, subject.target)?;
        let recipe = Recipe { trusted: self.trusted(), ..recipe };
        let interrupt = Interrupt::listen()?;
        let (mut pairs, mut seen) = (self.pairs(), Seen::default());
        for round in 1..=self.rounds {
            // Each side comes first in every second round, so that neither is always the later one.
            let order = if round % 2 == 1 { [0, 1] } else { [1, 0] };
            for side in order {
                if interrupt.stop_signal().is_none() {
                    self.measure(round, side, &recipe, &interrupt, &mut pairs, &mut seen)?;
                }
            }
        }
        if let Some(signal) = interrupt.stop_signal() {
            seen.flaws.push(format!("cut short by {}", signal.name()));
        }
        let checks = self.checks(&pairs);
        let warnings = report::condensed(&seen.warnings);
        let [one, other] = &self.sides;
        say!("\n{}", paired_rounds::text([one.name, other.name], &pairs));
        say!("{}", report::findings(&warnings, &seen.flaws, &checks));
        if let Some(json) = json {
            let results = Results {
                again: run::again(one.plan.seed),
                sides: [one.name, other.name],
                plans: [&one.plan, &other.plan],
                figures: pairs.iter().map(Pair::line).collect(),
                remarks: &seen.remarks,
                warnings: &warnings,
                flaws: &seen.flaws,
                bounds: &checks,
            };
            json.write(&serde_json::to_vec_pretty(&results)?)?;
        }
        let good = seen.flaws.is_empty() && checks.iter().all(|check| check.kept);
        Ok(interrupt
            .stop_signal()
            .map_or(Exit::of(good), |signal| Exit::Signal(signal.exit_code())))
    }

    /// Applies the command line and one seed to both plans.
    fn prepare(&mut self) -> Result<()> {
        for side in &mut self.sides {
            run::prepare(&mut side.plan, &self.common.crowd, None)?;
        }
        let seed = self.sides[0].plan.seed;
        for side in &mut self.sides {
            side.plan.seed = seed;
            run::leave_out_empty_rooms(&mut side.plan);
            let bounds = self.common.results.fail_if.iter();
            bounds
                .filter(|bound| !bound.is_change())
                .try_for_each(|it| it.fits(&side.plan, true))?;
        }
        for bound in &self.common.results.fail_if {
            if bound.figure_in(self.phase).is_none() {
                bail!("the bound '{bound}' must be about the phase {:?}", self.phase);
            }
        }
        let plan = &self.sides[0].plan;
        say!("{}: {}", plan.name, plan.like);
        say!(
            "{} in {}, {} of {} each, {} and {}, seed {seed}",
            units::counted(plan.clients.into(), "client"),
            units::counted(plan.rooms.into(), "room"),
            units::counted(self.rounds.into(), "round"),
            units::seconds(plan.time().as_secs_f64()),
            self.sides[0].name,
            self.sides[1].name
        );
        Ok(())
    }

    /// The figures that are always shown, and those of the bounds.
    fn pairs(&self) -> Vec<Pair> {
        let bounds = self.common.results.fail_if.iter();
        let bounded = bounds.filter_map(|bound| bound.figure_in(self.phase));
        let mut names: Vec<&str> = self.figures.to_vec();
        bounded.for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        let pair = |name: &str| bound::unit_of(name).map(|unit| Pair::new(name, unit));
        names.into_iter().filter_map(pair).collect()
    }

    fn measure(
        &self,
        round: u32,
        place: usize,
        recipe: &Recipe,
        interrupt: &Interrupt,
        pairs: &mut [Pair],
        seen: &mut Seen,
    ) -> Result<()> {
        let side = &self.sides[place];
        say!("round {round}, {}", side.name);
        let subject = Subject::local(recipe.again()?)?;
        run::can_be_flooded(&side.plan, &subject)?;
        let shape = run::shape(&side.plan, &self.common.crowd, &subject);
        // Both sides come from the same addresses.
        let first_address = self.trusted().first_address();
        let shape = crate::crowd::Shape { first_address, ..shape };
        let options =
            RunOptions::new(&side.plan, &self.common.crowd, Progress::quiet()).heeding(interrupt);
        let ending = run::carry_out(&side.plan, shape, subject, options, self.prelude, |_| {})?;
        let where_ = format!("round {round}, {}", side.name);
        let phase = ending.phases.iter().rfind(|phase| phase.name == self.phase);
        if let Some(phase) = phase {
            for pair in pairs {
                pair.add(round, place, bound::measured_in(&pair.name, phase));
            }
            let flaw = (self.flaw)(place, phase);
            seen.flaws.extend(flaw.map(|words| format!("{where_}: {words}")));
        }
        for remark in phase.iter().flat_map(|phase| &phase.remarks) {
            say!("  {remark}");
            seen.remarks.push(format!("{where_}: {remark}"));
        }
        let said = |words: &String| format!("{where_}, {words}");
        let warnings = ending.warnings.iter().filter_map(|it| Warning::of(&where_, &side.plan, it));
        seen.warnings.extend(warnings);
        seen.flaws.extend(flaws_of(&ending).iter().map(said));
        Ok(())
    }

    /// The least trust that a side needs.
    fn trusted(&self) -> Trusted {
        let trusted = self.sides.iter().map(|side| side.plan.trusted());
        trusted.min().unwrap_or(Trusted::Everybody)
    }

    fn checks(&self, pairs: &[Pair]) -> Vec<BoundCheck> {
        let bounds = self.common.results.fail_if.iter();
        let checked = bounds.filter_map(|bound| {
            let name = bound.figure_in(self.phase)?;
            let pair = pairs.iter().find(|pair| pair.name == name)?;
            let [was, is] = SIDES.map(|side| pair.median(side));
            Some(bound.judge_ratio(was, is, pair.ratio().map(|ratio| ratio.median)))
        });
        checked.collect()
    }
}

/// Why a session says less than it should.
fn flaws_of(ending: &Ending) -> Vec<String> {
    let mut flaws = Vec::new();
    if !ending.verdict.held() {
        flaws.extend(ending.verdict.to_string().lines().map(|line| line.trim().to_owned()));
    }
    flaws.extend(ending.cut_short.iter().map(|cut| format!("cut short {cut}")));
    flaws.extend(ending.checks.iter().filter(|it| !it.kept).map(|it| it.words.clone()));
    flaws
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Results;
    use crate::record::example;

    /// The description that people read.
    const RESULTS: &str = include_str!("../docs/results.md");

    #[test]
    fn every_field_of_two_sides_is_described_and_no_other() {
        let plan = &example::held().plan;
        let results = Results {
            again: String::new(),
            sides: ["one", "other"],
            plans: [plan, plan],
            figures: Vec::new(),
            remarks: &[],
            warnings: &[],
            flaws: &[],
            bounds: &[],
        };
        let written = serde_json::to_value(results).expect("an object");
        let written: BTreeSet<&str> =
            written.as_object().expect("an object").keys().map(String::as_str).collect();
        let (_, section) = RESULTS.split_once("\n# Two sides").expect("a section");
        let described =
            section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        assert_eq!(described.collect::<BTreeSet<_>>(), written);
    }
}
