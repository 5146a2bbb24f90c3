package io.decant.ingest.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Tells whether a key is that of a certificate: while one of two files is renewed, it is not. Stateless. */
public final class KeyPairs {

    private static final byte[] SAMPLE = "a text to sign".getBytes(StandardCharsets.US_ASCII);

    private KeyPairs() {}

    /** Whether what one signs, the other verifies; for RSA and EC. */
    public static boolean fit(PrivateKey key, PublicKey certified) {
        try {
            Signature signature =
                    Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
