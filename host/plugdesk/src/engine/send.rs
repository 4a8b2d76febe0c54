//! Sending to webhooks: signed by the Standard Webhooks specification, to addresses that were checked, and only to those.
//!
//! The machine that a name leads to is looked up when the connection is made, each address is checked, and the
//! connection goes to a checked one: a name that leads elsewhere a moment later changes nothing.

mod places;

use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use plugdesk_desk::follow::{Sending, Sent};
use plugdesk_desk::target::{Allowed, Target, host_admits, not_open};
use plugdesk_domain::SigningKey;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub(crate) use places::Places;
use places::Slow;

/// A receiver has so long to answer; the specification advises 15 to 30 seconds at most.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of which so long for the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that is not used is kept so long.
const IDLE: Duration = Duration::from_secs(30);
/// A name leads to at most so many addresses that are looked at.
const MOST_ADDRESSES: usize = 64;
/// Names looked up at a time: each holds a thread, and the system may take half a minute over a name whose server is
/// silent, whoever waits for it.
const MOST_LOOKUPS: usize = 8;
/// Who sends.
const USER_AGENT: &str = concat!("Plugdesk-Webhooks/", env!("CARGO_PKG_VERSION"));

/// Finds the addresses of a name.
type Lookup = dyn Fn(String) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync;

/// Sends deliveries.
pub(crate) struct Sender {
    client: reqwest::Client,
    allowed: Arc<[Allowed]>,
    places: Places,
    slow: Slow,
}

impl Sender {
    pub(crate) fn new(allowed: Vec<Allowed>) -> Result<Self, reqwest::Error> {
        let lookups = Arc::new(Semaphore::new(MOST_LOOKUPS));
        Self::with_lookup(allowed, Arc::new(move |name| Box::pin(look_up(name, Arc::clone(&lookups)))))
    }

    fn with_lookup(allowed: Vec<Allowed>, lookup: Arc<Lookup>) -> Result<Self, reqwest::Error> {
        let allowed: Arc<[Allowed]> = allowed.into();
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(Guarded { allowed: Arc::clone(&allowed), lookup }))
            .redirect(reqwest::redirect::Policy::none())
            // A proxy from the environment would look names up itself, unchecked.
            .no_proxy()
            .referer(false)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(IDLE)
            .user_agent(USER_AGENT)
            .build()?;
        Ok(Self { client, allowed, places: Places::of_the_process(), slow: Slow::default() })
    }

    /// Sends one, when it is its turn, and says what the receiver answered.
    pub(crate) async fn send(&self, sending: &Sending, of_desk: &Places) -> Sent {
        let slow = sending.failing || self.slow.holds(sending.webhook);
        // The desk's first: who waits for its desk takes no place of the process meanwhile.
        let _of_desk = of_desk.enter(slow).await;
        let _of_process = self.places.enter(slow).await;
        let begun = Instant::now();
        let answer = self.attempt(sending).await;
        let took = begun.elapsed();
        self.slow.note(sending.webhook, took);
        Sent { answer, took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX) }
    }

    async fn attempt(&self, sending: &Sending) -> Result<u16, String> {
        let target = Target::parse(&sending.url, &self.allowed)?;
        let (id, seconds) = (sending.delivery.to_string(), sending.at.millis().div_euclid(1_000));
        let signature = signatures(sending, &id, seconds)?;
        let request = self
            .client
            .post(target.url().clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(sending.body.clone());
        // What the receiver says beside its status is not read.
        request.send().await.map(|answer| answer.status().as_u16()).map_err(told)
    }
}

/// The line of an attempt. The address is not told: it may be all that it takes to speak to the receiver.
pub(super) fn log(desk: &str, sending: &Sending, sent: &Sent) {
    let (webhook, delivery, ms) = (&sending.webhook, &sending.delivery, sent.took_ms);
    match &sent.answer {
        Ok(status @ 200..=299) => tracing::info!(desk, %webhook, %delivery, status, ms, "webhook sent"),
        Ok(status) => tracing::warn!(desk, %webhook, %delivery, status, ms, "a webhook was not taken"),
        Err(error) => tracing::warn!(desk, %webhook, %delivery, error, ms, "a webhook was not taken"),
    }
}

/// A signature by each key, divided by spaces: while a key is being replaced a receiver knows one of two.
fn signatures(sending: &Sending, id: &str, seconds: i64) -> Result<String, String> {
    let sign = |key: &SigningKey| {
        let signing = standardwebhooks::Webhook::new(&key.0)?;
        signing.sign(id, seconds, sending.body.as_bytes())
    };
    let all: Result<Vec<_>, _> = sending.keys.iter().map(sign).collect();
    Ok(all.map_err(|error| error.to_string())?.join(" "))
}

/// An error with its causes, without the address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(it) = cause {
        text.push_str(": ");
        text.push_str(&it.to_string());
        cause = it.source();
    }
    text
}

/// Looks a name up and gives out its addresses only if a connection may be made to every one of them.
struct Guarded {
    allowed: Arc<[Allowed]>,
    lookup: Arc<Lookup>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, host) = (Arc::clone(&self.allowed), name.as_str().to_owned());
        let looking = (self.lookup)(host.clone());
        Box::pin(async move {
            let mut addresses = looking.await.unwrap_or_else(|error| {
                tracing::info!(%error, %host, "the name of a webhook leads nowhere");
                Vec::new()
            });
            addresses.truncate(MOST_ADDRESSES);
            if addresses.is_empty() {
                return Err(not_open(&host).into());
            }
            for address in &addresses {
                // The address is the operator's to know, not the desk's.
                let told = |_: &String| tracing::info!(%address, %host, "a webhook leads to an address that is closed");
                host_admits(&host, address.ip(), &allowed).inspect_err(told)?;
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// The thread keeps its place among the lookups also when nobody waits for it any more.
async fn look_up(name: String, lookups: Arc<Semaphore>) -> std::io::Result<Vec<SocketAddr>> {
    let place = lookups.acquire_owned().await.map_err(std::io::Error::other)?;
    let found = tokio::task::spawn_blocking(move || {
        let found = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect);
        drop(place);
        found
    });
    found.await.map_err(std::io::Error::other)?
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use plugdesk_domain::{DeliveryId, Instant as Moment, WebhookId};

    use super::*;

    fn sending(url: &str) -> Sending {
        Sending {
            webhook: WebhookId::new(Moment::from_millis(1), 1),
            delivery: DeliveryId::new(Moment::from_millis(1), 1),
            url: url.to_owned(),
            keys: vec![SigningKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())],
            body: "{}".to_owned(),
            at: Moment::from_millis(1_795_000_000_000),
            failing: false,
        }
    }

    fn leading_to(addresses: &'static [&'static str], asked: Arc<AtomicUsize>) -> Sender {
        let lookup = move |_name| {
            let turn = asked.fetch_add(1, Ordering::SeqCst).min(addresses.len() - 1);
            let found = addresses[turn].split(' ').map(|it| format!("{it}:0").parse().unwrap()).collect();
            Box::pin(async move { Ok(found) }) as Pin<Box<dyn Future<Output = _> + Send>>
        };
        Sender::with_lookup(Vec::new(), Arc::new(lookup)).unwrap()
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
        let sender = leading_to(&["127.0.0.1"], Arc::default());
        let sent = sender.send(&sending("https://hooks.example.com:9443/in"), &Places::of_a_desk()).await;
        let why = sent.answer.unwrap_err();
        assert!(why.contains("hooks.example.com leads to no address on the open network"), "{why}");
    }

    #[tokio::test]
    async fn one_closed_address_among_open_ones_is_enough() {
        let sender = leading_to(&["93.184.215.14 [::ffff:10.0.0.1]"], Arc::default());
        let why = sender.send(&sending("https://hooks.example.com/in"), &Places::of_a_desk()).await.answer.unwrap_err();
        // Which address it was is for the operator's log alone.
        assert!(why.contains("leads to no address on the open network") && !why.contains("10.0.0.1"), "{why}");
    }

    #[tokio::test]
    async fn a_name_that_leads_elsewhere_at_the_next_look_is_caught_there() {
        // The first look is that of whoever checked; the connection looks itself.
        let asked = Arc::new(AtomicUsize::new(0));
        let sender = leading_to(&["93.184.215.14", "169.254.169.254"], Arc::clone(&asked));
        asked.store(1, Ordering::SeqCst);
        let why = sender
            .send(&sending("https://hooks.example.com/latest/meta-data"), &Places::of_a_desk())
            .await
            .answer
            .unwrap_err();
        assert!(why.contains("leads to no address on the open network") && !why.contains("169.254"), "{why}");
        assert_eq!(asked.load(Ordering::SeqCst), 2, "it is looked up when the connection is made");
    }

    #[tokio::test]
    async fn what_may_not_be_kept_may_not_be_sent_to_either() {
        let sender = leading_to(&["93.184.215.14"], Arc::default());
        for url in
            ["http://hooks.example.com/", "https://127.0.0.1/", "https://user@example.com/", "ftp://example.com/"]
        {
            assert!(sender.send(&sending(url), &Places::of_a_desk()).await.answer.is_err(), "{url}");
        }
    }
}
