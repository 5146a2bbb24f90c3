package io.decant.config;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys in their textual encoding (RFC 7468). Errors are {@link InvalidValue}s to be read after the
 * file's name.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    /** PKCS #8, in the clear. */
    private static final String KEY = "PRIVATE KEY";
    /** What OpenSSL wrote of old. Only TLS itself reads these, so that they are not compared with a certificate. */
    private static final Set<String> OLD_KEYS = Set.of("RSA PRIVATE KEY", "EC PRIVATE KEY");
    /** How a signature of a key is asked for; keys of other algorithms Vert.x does not read. */
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    private record Block(String label, String base64) {

        byte[] content() {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new InvalidValue("has a block that is not base64", "create the file again");
            }
        }
    }

    private Pem() {}

    /** Every certificate, at least one. */
    static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(certificate(block.content()));
            }
        }
        if (certificates.isEmpty()) {
            throw new InvalidValue("has no certificate in PEM", "name a file with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    private static X509Certificate certificate(byte[] content) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new InvalidValue("has a certificate that cannot be read", "create the file again");
        }
    }

    /** Looks for a private key that is the certificate's, as far as can be told. */
    static void checkKey(String text, X509Certificate certificate) {
        if (!SIGNATURES.containsKey(certificate.getPublicKey().getAlgorithm())) {
            throw new InvalidValue("is neither an RSA nor an EC key", "name a pair of one of these");
        }
        for (Block block : blocks(text)) {
            if (block.label.equals(KEY)) {
                if (!fit(block.content(), certificate)) {
                    throw new InvalidValue("is not the key of tls.certificate", "name the two files of one pair");
                }
                return;
            }
            if (OLD_KEYS.contains(block.label)) {
                return;
            }
        }
        if (text.contains("ENCRYPTED")) {
            throw new InvalidValue(
                    "is encrypted", "write it in the clear, readable for Decant alone: openssl pkey -in KEY -out FILE");
        }
        throw new InvalidValue("has no private key in PEM", "name a file with -----BEGIN PRIVATE KEY-----");
    }

    private static boolean fit(byte[] key, X509Certificate certificate) {
        String algorithm = certificate.getPublicKey().getAlgorithm();
        try {
            PrivateKey privateKey = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
            Signature signature = Signature.getInstance(SIGNATURES.get(algorithm));
            signature.initSign(privateKey);
            signature.update(key);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(key);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        return blocks;
    }
}
