//! Answers `classify`: consumer, company or mixed.
use plugdesk_sdk::prelude::*;

#[derive(Debug, Serialize, Deserialize)]
struct Segmentation {}
impl Policy for Segmentation {}
impl Classify for Segmentation {
    fn classify(&self, _inquiry: &classify::Inquiry, desk: &impl Desk) -> Answer<Classification> {
        let known = desk.contact()?.is_some();
        Ok(known.then(|| Classification::new("consumer", 5_000)))
    }
}
plugdesk_sdk::plugin!(Segmentation: classify);
