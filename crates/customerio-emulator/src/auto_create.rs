//! Makes what a request names first and is not there, where that is asked for. The request's deviations say so.

use crate::{
    app::audience,
    call::Call,
    contract::fault::Fault,
    server::reply::Refusal,
    store::library::{Broadcast, Segment},
};

/// Makes a segment, unless it is there.
pub(crate) fn segment(call: &mut Call<'_>, id: u32) -> Result<(), Refusal> {
    if !call.config.auto_create || id == 0 || call.state.library.segments.get(&id).is_some() {
        return Ok(());
    }
    let name = format!("segment {id}");
    let segment = Segment { name: name.clone(), description: String::new(), created_at: call.now() };
    call.state.library.segments.put(id, segment)?;
    note(call, &name);
    Ok(())
}

/// Makes the segments that the filter names which is in a field of the body.
pub(crate) fn segments_of_filter(call: &mut Call<'_>, field: &str) -> Result<(), Refusal> {
    if !call.config.auto_create {
        return Ok(());
    }
    let named = audience::segments_of(&call.body[field]);
    named.into_iter().filter_map(|id| u32::try_from(id).ok()).try_for_each(|id| segment(call, id))
}

/// Makes a broadcast, unless it is there.
pub(crate) fn broadcast(call: &mut Call<'_>, id: u64) -> Result<(), Refusal> {
    if !call.config.auto_create || id == 0 || call.state.broadcasts.get(&id).is_some() {
        return Ok(());
    }
    let name = format!("broadcast {id}");
    call.state.broadcasts.put(id, Broadcast { name: name.clone(), ..Broadcast::default() })?;
    note(call, &name);
    Ok(())
}

/// Notes at the request what was made.
fn note(call: &mut Call<'_>, name: &str) {
    call.deviations.note("", vec![Fault::of_all(format!("{name} was made, because it was not there"))]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Action, Emulator, Verdict, testing::call};

    #[test]
    fn what_is_named_first_is_made_where_that_is_asked_for() {
        let filter = json!({"filter": {"and": [{"segment": {"id": 8}}, {"not": {"segment": {"id": 7}}}]}});
        let export = json!({"filters": {"segment": {"id": 9}}});
        let trigger = json!({"recipients": {"segment": {"id": 10}}});
        let ids = json!({"ids": ["1"]});
        for (line, body, made, otherwise) in [
            ("POST /api/v1/segments/7/add_customers", &ids, &[("segments", "7")][..], 400),
            ("POST /api/v1/segments/7/remove_customers", &ids, &[], 400),
            ("POST /v1/customers", &filter, &[("segments", "8")], 200),
            ("POST /v1/exports/customers", &export, &[("segments", "9")], 200),
            ("POST /v1/campaigns/12/triggers", &trigger, &[("broadcasts", "12"), ("segments", "10")], 404),
        ] {
            for makes in [true, false] {
                let emulator = Emulator::builder().with_auto_create(makes).build();
                if line.contains("remove") || line.ends_with("/v1/customers") {
                    emulator.create_segment(7);
                }
                let (status, response) = call(&emulator, line, body);
                let expected = if makes || line.contains("remove") { 200 } else { otherwise };
                assert_eq!(status, expected, "{line}: {response}");
                let logged = &emulator.request_log()[0];
                let found: Vec<_> = logged
                    .effects
                    .iter()
                    .filter(|effect| effect.action == Action::Created && effect.kind != "triggers")
                    .map(|effect| (effect.kind, effect.id.as_str()))
                    .collect();
                assert_eq!(found, if makes { made } else { &[] }, "{line}");
                if makes && !made.is_empty() {
                    let (kind, id) = made[0];
                    let text = format!("{} {id} was made, because it was not there", kind.trim_end_matches('s'));
                    assert_eq!((logged.verdict, logged.why()), (Verdict::Tolerated, Some(&*text)), "{line}");
                }
            }
        }
    }
}
