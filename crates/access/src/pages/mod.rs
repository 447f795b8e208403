//! stub
/// Limits.
#[derive(Clone, Debug, Default)]
pub struct Limits {}
pub(crate) async fn floor() {}
pub(crate) async fn floor_stream() {}
pub(crate) async fn links() {}
pub(crate) async fn links_stream() {}
pub(crate) async fn asset() {}
pub(crate) async fn nowhere() -> crate::refusal::Refusal {
    crate::refusal::Refusal::missing("nowhere", "there is nothing at this address")
}
