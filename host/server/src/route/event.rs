//! Events: the desk's log, as a page of JSON or as a stream that never ends (server-sent events).

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use plugdesk_desk::{Desk, Error};
use plugdesk_domain::{Event, Principal};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;
use tokio_stream::StreamExt;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::blocking::unfold;
use crate::extract::{Query, Visit};
use crate::limits::{BETWEEN_EVENTS, EVENTS_AT_A_TIME, STREAM_LIFE};
use crate::page::{self, Page};
use crate::places::Place;
use crate::problem::{Code, Problem};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(event_list))
}

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct From {
    /// Behind the event with this sequence. Of a stream without it and without `Last-Event-ID`: only what comes.
    after: Option<u64>,
    /// At most so many, 1 to 200; 50 when absent. Not for streams.
    limit: Option<usize>,
}

/// The event log. With `Accept: text/event-stream` a stream that resumes by `Last-Event-ID`, with a comment every 15 s
/// of silence; it ends after 15 minutes and readers resume. One key may have 32 streams open; the next is answered 429.
/// Otherwise a page, oldest first; `next` is the next `after`.
#[utoipa::path(get, path = "/events", tags = ["events"],
    params(From, ("Last-Event-ID" = Option<u64>, Header, description = "Resume behind this event; streams only.")),
    responses((status = 200, content((Page<Event> = "application/json"), (String = "text/event-stream")))))]
async fn event_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = resume(&headers)?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/event-stream") {
        return stream(server, desk, by, seen.or(from.after)).await;
    }
    let (after, limit) = (from.after.unwrap_or(0), page::limit(from.limit)?);
    let read = move || {
        let items = desk.events(&by, after, limit)?;
        // A short page was the last one for now.
        let next = items.last().filter(|_| items.len() == limit).map(|event| event.sequence.to_string());
        Ok(Page { items, next })
    };
    server.json(read).await
}

/// The event that the reader saw last (HTML, section 9.2.4).
fn resume(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let sequence = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || Problem::parameter(Code::InvalidHeader, "Last-Event-ID", "it is the sequence of an event");
    sequence.map(Some).ok_or_else(wrong)
}

/// Where one reader stands.
///
/// Nothing is kept for a slow reader: it reads the log when it can take more, and the listener cuts it off when it
/// takes nothing for a while.
struct Reader {
    server: Server,
    desk: Desk,
    by: Principal,
    after: u64,
    news: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    ends: Instant,
    /// When it may be told again.
    next: Instant,
    _places: (OwnedSemaphorePermit, Place),
}

async fn stream(server: Server, desk: Desk, by: Principal, after: Option<u64>) -> Result<Response, Problem> {
    let places = server.event_stream(&by)?;
    let (reading, reader) = (desk.clone(), by.clone());
    let last = server.read_in_turn(move || reading.last_event(&reader)).await?;
    let after = after.unwrap_or(last);
    if after > last {
        // A log that was restored from a backup; waiting silently for the number to come by would lose events.
        let text = format!("the log ends at {last}; begin again with ?after=0");
        return Err(Problem::parameter(Code::InvalidParameter, "after", text));
    }
    // Only for who is let in, and before its first read of events, so that none falls between.
    let (tell, news) = watch::channel(0);
    desk.watch(&by, Box::new(move |sequence| tell.send(sequence).is_ok()))?;
    let (closing, now) = (server.closing(), Instant::now());
    let (ends, next) = (now + STREAM_LIFE, now);
    let reader = Reader { server, desk, by, after, news, closing, ends, next, _places: places };
    // At once, so that the reader knows that it is connected, and how long to wait before it comes back.
    let hello = tokio_stream::once(Bytes::from_static(b"retry: 1000\n\n"));
    let events = unfold(reader, |reader| reader.next());
    let body = Body::from_stream(hello.chain(events).map(Ok::<_, std::convert::Infallible>));
    // The last header keeps nginx from collecting events before it passes them on.
    let headers = [("content-type", "text/event-stream"), ("x-accel-buffering", "no")];
    Ok((headers, body).into_response())
}

impl Reader {
    /// The next piece: events, or a comment after a silence; none: the stream ends.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        let silence = Instant::now() + self.server.options().heartbeat;
        loop {
            if *self.closing.borrow() || Instant::now() >= self.ends {
                return None;
            }
            // What comes meanwhile is told together.
            tokio::select! {
                _ = self.closing.changed() => return None,
                () = tokio::time::sleep_until(self.next) => {}
            }
            let events = match self.read().await {
                Ok(Some(events)) => events,
                Ok(None) => {
                    tracing::info!("an event stream ended with the key that opened it");
                    return None;
                }
                Err(problem) => {
                    tracing::warn!(code = problem.code().name(), "an event stream ended");
                    return None;
                }
            };
            if let Some(last) = events.last() {
                self.after = last.sequence;
                // A reader that has all the log to catch up with is held up by nothing.
                let caught_up = events.len() < EVENTS_AT_A_TIME;
                self.next = Instant::now() + if caught_up { BETWEEN_EVENTS } else { Duration::ZERO };
                return Some((written(&events), self));
            }
            tokio::select! {
                told = self.news.changed() => told.ok()?,
                _ = self.closing.changed() => return None,
                () = tokio::time::sleep_until(silence.min(self.ends)) => return Some((Bytes::from_static(b":\n\n"), self)),
            }
        }
    }

    /// The next events; none: whoever asked may not ask any more.
    async fn read(&self) -> Result<Option<Vec<Event>>, Problem> {
        let (desks, desk, by, after) = (self.server.desks().clone(), self.desk.clone(), self.by.clone(), self.after);
        let read = move || {
            let events = desk.events(&by, after, EVENTS_AT_A_TIME)?;
            // Asked last, so that nothing is told that was read before the key ended and is sent after it.
            Ok(desks.holds(&by)?.then_some(events))
        };
        self.server.read_in_turn(read).await
    }
}

fn written(events: &[Event]) -> Bytes {
    let mut text = String::new();
    for event in events {
        // An event's JSON holds no line break, so one data line is enough.
        let data = serde_json::to_string(event).unwrap_or_else(|error| Error::Internal(error.to_string()).to_string());
        text.push_str(&format!("id: {}\nevent: {}\ndata: {data}\n\n", event.sequence, event.name));
    }
    text.into()
}
