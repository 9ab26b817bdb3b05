//! The contact center of this example: two channels, one queue each, one team.

use std::error::Error;

use cordboard::{AgentId, ChannelId, ChannelSet, Command, GroupId, NewContact, Plan, QueueId, Span, Switchboard};

pub(crate) const AGENTS: u64 = 40;

pub(crate) struct Center {
    pub(crate) plan: Plan,
    voice: ChannelId,
    chat: ChannelId,
    calls: QueueId,
    chats: QueueId,
    team: GroupId,
}

impl Center {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let plan = Plan::builder()
            .channel("voice", |voice| voice.offer(Span::from_secs(20)))
            .channel("chat", |chat| chat.offer(Span::from_secs(30)))
            .capacity("blended", |agent| agent.takes("voice", 1).takes("chat", 3))
            .agents("team", "blended", |team| team)
            .queue("calls", |calls| calls)
            .queue("chats", |chats| chats)
            .build()?;
        let channel = |name| plan.find_channel(name).ok_or("the plan has this channel");
        let queue = |name| plan.find_queue(name).ok_or("the plan has this queue");
        let (voice, chat, calls, chats) = (channel("voice")?, channel("chat")?, queue("calls")?, queue("chats")?);
        let team = plan.find_group("team").ok_or("the plan has this team")?;
        Ok(Self { voice, chat, calls, chats, team, plan })
    }

    pub(crate) fn sign_in(&self, agent: u64) -> Command {
        Command::SignIn { agent: AgentId(agent), group: self.team, skills: None, ready: ChannelSet::ALL }
    }

    pub(crate) fn call(&self) -> NewContact {
        NewContact::new(self.calls, self.voice)
    }

    pub(crate) fn chat(&self) -> NewContact {
        NewContact::new(self.chats, self.chat)
    }

    /// What a wallboard shows.
    pub(crate) fn line(&self, switchboard: &Switchboard) -> String {
        let view = switchboard.view();
        let (calls, chats) = (view.queue(self.calls, self.voice), view.queue(self.chats, self.chat));
        let team = view.group(self.team);
        format!(
            "calls: {} wait, {} ring, {} talk, {} left | chats: {} wait, {} talk, {} left | {} of {} agents busy | {}",
            calls.waiting,
            calls.offered,
            calls.in_service,
            calls.abandoned,
            chats.waiting,
            chats.in_service,
            chats.abandoned,
            team.occupied,
            team.signed_in,
            view.seq
        )
    }
}
