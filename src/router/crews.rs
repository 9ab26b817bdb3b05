//! Agents with room, kept in the orders in which they are chosen.
//!
//! Agents of one group with the same skills are a *crew*: whatever is asked, all of them will do or none.
//! Those of a crew with room for the same channels, who hold as many chats where that matters, stand on one *shelf*, in every order that some queue chooses by.
//! Shelves of the same room stand in one *rack*. An agent is on at most one shelf.

use std::collections::BTreeMap;

use crate::agent::ChannelSet;
use crate::id::{GroupId, ProfileId};
use crate::requirement::Skills;
use crate::router::line::Line;
use crate::router::records::NONE;
use crate::router::sorted::Sorted;
use crate::router::teams::Occupation;

/// Where an agent stands in an index: key, then id.
pub(crate) type AgentKey = (u128, u64);

/// Shelves in a rack from which on their heads are kept in order.
const MANY: usize = 32;

#[derive(Clone, Debug)]
pub(crate) struct Crew {
    pub(crate) group: GroupId,
    pub(crate) profile: ProfileId,
    pub(crate) skills: Skills,
    /// Agents signed in and not draining.
    pub(crate) members: u32,
    /// Classes it may serve, as far as they were looked at.
    pub(crate) classes: Bits,
    pub(crate) known: u32,
    shelves: Vec<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    pub(crate) crew: u32,
    /// What its agents are occupied with in their team.
    pub(crate) occupation: Occupation,
    rack: u32,
    /// One per index.
    pub(crate) lines: Vec<Line<AgentKey>>,
    place_in_rack: u32,
}

/// Shelves by the first agent of each.
pub(crate) type Heads = Sorted<(AgentKey, u32), ()>;

#[derive(Clone, Debug)]
pub(crate) struct Rack {
    pub(crate) room: ChannelSet,
    /// Shelves that are not empty, in no order.
    pub(crate) occupied: Vec<u32>,
    /// Per index, the first of every occupied shelf in order; kept from the first time that many shelves were searched.
    heads: Option<Vec<Heads>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Crews {
    pub(crate) crews: Vec<Crew>,
    by_kind: BTreeMap<(GroupId, Skills), u32>,
    pub(crate) shelves: Vec<Shelf>,
    pub(crate) racks: Vec<Rack>,
}

impl Crews {
    /// The crew of this kind, new if need be. O(log crews).
    pub(crate) fn crew(&mut self, group: GroupId, profile: ProfileId, skills: &Skills) -> u32 {
        if let Some(&crew) = self.by_kind.get(&(group, skills.clone())) {
            return crew;
        }
        let crew = self.crews.len() as u32;
        self.crews.push(Crew {
            group,
            profile,
            skills: skills.clone(),
            members: 0,
            classes: Bits::default(),
            known: 0,
            shelves: Vec::new(),
        });
        self.by_kind.insert((group, skills.clone()), crew);
        crew
    }

    /// The shelf for agents of `crew` so occupied, with `room`; new if need be. O(different occupations and rooms of the crew).
    pub(crate) fn shelf(&mut self, crew: u32, occupation: Occupation, room: ChannelSet, indices: usize) -> u32 {
        let of_crew = &self.crews[crew as usize].shelves;
        let known = of_crew.iter().find(|&&shelf| {
            let it = &self.shelves[shelf as usize];
            it.occupation == occupation && self.racks[it.rack as usize].room == room
        });
        if let Some(&shelf) = known {
            return shelf;
        }
        let rack = self.racks.iter().position(|rack| rack.room == room).unwrap_or_else(|| {
            self.racks.push(Rack { room, occupied: Vec::new(), heads: None });
            self.racks.len() - 1
        });
        let shelf = self.shelves.len() as u32;
        let lines = vec![Line::default(); indices];
        self.shelves.push(Shelf { crew, occupation, rack: rack as u32, lines, place_in_rack: NONE });
        self.crews[crew as usize].shelves.push(shelf);
        shelf
    }

    /// The crews of a group. O(log crews) and one step each.
    pub(crate) fn of_group(&self, group: GroupId) -> impl Iterator<Item = u32> + '_ {
        let from = self.by_kind.range((group, Skills::default())..);
        from.take_while(move |((of, _), _)| *of == group).map(|(_, &crew)| crew)
    }

    /// The shelves of a crew, empty ones too.
    pub(crate) fn shelves_of(&self, crew: u32) -> impl Iterator<Item = &Shelf> {
        self.crews[crew as usize].shelves.iter().map(|&shelf| &self.shelves[shelf as usize])
    }

    /// What those on a shelf have room for.
    pub(crate) fn room_of(&self, shelf: &Shelf) -> ChannelSet {
        self.racks[shelf.rack as usize].room
    }

    /// Puts an agent on a shelf under its keys, one per index. O(indices) while keys ascend, else O(log n) each.
    pub(crate) fn put(&mut self, shelf: u32, agent: u32, id: u64, keys: &[u128]) {
        for (index, &key) in keys.iter().enumerate() {
            self.change(shelf, index, |line| line.insert((key, id), agent));
        }
        let it = &mut self.shelves[shelf as usize];
        if it.place_in_rack == NONE {
            let rack = &mut self.racks[it.rack as usize];
            it.place_in_rack = rack.occupied.len() as u32;
            rack.occupied.push(shelf);
        }
    }

    /// Takes an agent off its shelf. O(indices) for the first in order, else O(log n) each.
    pub(crate) fn take(&mut self, shelf: u32, id: u64, keys: &[u128]) {
        for (index, &key) in keys.iter().enumerate() {
            self.change(shelf, index, |line| {
                let found = line.remove(&(key, id));
                debug_assert!(found, "an agent stands on its shelf under the keys it was put there with");
            });
        }
        let it = &mut self.shelves[shelf as usize];
        if it.lines.iter().all(Line::is_empty) && it.place_in_rack != NONE {
            let rack = &mut self.racks[it.rack as usize];
            let at = it.place_in_rack as usize;
            it.place_in_rack = NONE;
            rack.occupied.swap_remove(at);
            if let Some(&moved) = rack.occupied.get(at) {
                self.shelves[moved as usize].place_in_rack = at as u32;
            }
        }
    }

    fn change(&mut self, shelf: u32, index: usize, change: impl FnOnce(&mut Line<AgentKey>)) {
        let it = &mut self.shelves[shelf as usize];
        let line = &mut it.lines[index];
        let Some(heads) = &mut self.racks[it.rack as usize].heads else { return change(line) };
        let before = line.first();
        change(line);
        let after = line.first();
        if before != after {
            if let Some((key, _)) = before {
                heads[index].remove(&(key, shelf));
            }
            if let Some((key, _)) = after {
                heads[index].insert((key, shelf), ());
            }
        }
    }

    /// The occupied shelves of a rack with the first of each, first of all first, if there are so many that it pays.
    pub(crate) fn heads(&mut self, rack: usize, index: usize) -> Option<&Heads> {
        let it = &mut self.racks[rack];
        if it.occupied.len() <= MANY {
            return None;
        }
        if it.heads.is_none() {
            let of_index = |index: usize| {
                let mut heads = Heads::default();
                for &shelf in &it.occupied {
                    let line: &Line<AgentKey> = &self.shelves[shelf as usize].lines[index];
                    if let Some((key, _)) = line.first() {
                        heads.insert((key, shelf), ());
                    }
                }
                heads
            };
            let indices = self.shelves.first().map_or(0, |shelf| shelf.lines.len());
            it.heads = Some((0..indices).map(of_index).collect());
        }
        it.heads.as_ref().map(|heads| &heads[index])
    }
}

/// A set of small numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn set(&mut self, at: u32, on: bool) {
        let word = at as usize / 64;
        if on {
            if word >= self.0.len() {
                self.0.resize(word + 1, 0);
            }
            self.0[word] |= 1 << (at % 64);
        } else if let Some(word) = self.0.get_mut(word) {
            *word &= !(1 << (at % 64));
        }
    }

    pub(crate) fn has(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// The numbers in both sets, ascending. O(largest / 64 + found).
    pub(crate) fn both<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        self.0.iter().zip(&other.0).enumerate().flat_map(|(at, (one, other))| {
            let mut rest = one & other;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                (bit < 64).then(|| {
                    rest &= rest - 1;
                    at as u32 * 64 + bit
                })
            })
        })
    }
}
