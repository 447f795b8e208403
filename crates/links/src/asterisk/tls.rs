//! TLS to the PBX: trust in an own authority, in one pinned certificate, or in both.
//!
//! A pin alone says "this very certificate": its name and dates do not matter then, but the
//! PBX still has to prove that it has the key.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedCipherSuite,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::settings::TlsSettings;

/// What is needed for a handshake.
///
/// # Errors
/// In words: the CA file, the pin or the name is no good.
pub(crate) fn prepare(
    tls: &TlsSettings,
    host: &str,
) -> Result<(Arc<ClientConfig>, ServerName<'static>), String> {
    let name = tls.server_name.as_deref().unwrap_or(host).to_owned();
    let name = ServerName::try_from(name)
        .map_err(|_| "tls_name is neither a host name nor an address".to_owned())?;
    let provider = Arc::new(crypto::ring::default_provider());
    let authority = match &tls.ca {
        Some(file) => Some(authority(file, &provider)?),
        None => None,
    };
    if authority.is_none() && tls.pin.is_none() {
        return Err("neither tls_ca nor tls_pin is given".to_owned());
    }
    let verifier = Verifier { authority, pin: tls.pin, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((Arc::new(config), name))
}

fn authority(
    file: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    let shown = file.display();
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file)
        .map_err(|error| format!("cannot read tls_ca {shown}: {error}"))?;
    for certificate in certificates {
        let certificate =
            certificate.map_err(|error| format!("cannot read tls_ca {shown}: {error}"))?;
        roots.add(certificate).map_err(|error| format!("tls_ca {shown} is no good: {error}"))?;
    }
    if roots.is_empty() {
        return Err(format!("tls_ca {shown} holds no certificate"));
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| format!("tls_ca {shown} is no good: {error}"))
}

/// Why a handshake failed, and what to do.
pub(crate) fn explain(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(inner) = inner else {
        return format!("TLS refused: {error}: is this Asterisk's TLS port (tlsbindaddr)?");
    };
    match inner {
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => "TLS refused: certificate is not signed by the authority in tls_ca".to_owned(),
        Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure) => {
            "TLS refused: certificate is not the pinned one: if it was renewed, change tls_pin"
                .to_owned()
        }
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "TLS refused: certificate has expired".to_owned(),
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => "TLS refused: certificate is not valid yet: check this machine's clock".to_owned(),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "TLS refused: certificate is for another name: set tls_name to a name it has \
              (subjectAltName), or pin it with tls_pin"
            .to_owned(),
        Error::InvalidCertificate(CertificateError::Other(why))
            if why.to_string().contains("CaUsedAsEndEntity") =>
        {
            "TLS refused: certificate is its own authority: have it signed by one, or pin it \
             with tls_pin"
                .to_owned()
        }
        Error::InvalidCertificate(why) => format!("TLS refused: certificate is no good: {why:?}"),
        Error::InvalidMessage(_) => "TLS refused: the other side does not speak TLS: is this \
                                     Asterisk's TLS port (tlsbindaddr)?"
            .to_owned(),
        other => format!("TLS refused: {other}"),
    }
}

/// Whether a failed handshake needs somebody to act.
pub(crate) fn is_refusal(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.downcast_ref::<Error>().is_some())
}

#[derive(Debug)]
struct Verifier {
    authority: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(pin) = &self.pin
            && sha256(end_entity).as_deref() != Some(&pin[..])
        {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        match &self.authority {
            Some(authority) => authority.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            // Only reached with a pin: `prepare` refuses neither.
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// SHA-256, as the TLS library has it for one of its cipher suites.
pub(super) fn sha256(bytes: &[u8]) -> Option<Vec<u8>> {
    let SupportedCipherSuite::Tls13(suite) =
        crypto::ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256
    else {
        return None;
    };
    Some(suite.common.hash_provider.hash(bytes).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_is_sha256() {
        let hex: String = sha256(b"abc").unwrap().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
