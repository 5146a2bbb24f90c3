package io.decant.ingest.source.mysql;

import io.decant.ingest.tls.KeyPairs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys of PEM files as the key stores that drivers of databases want. Stateless. */
final class PemStores {

    /** PKCS #8, or what OpenSSL wrote of old: the key without its algorithm. */
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION = {0x02, 0x01, 0x00};
    private static final int LONG_FORM = 0x80;

    private PemStores() {}

    /** The certificates of a file, each trusted. */
    static KeyStore trusted(Path caFile) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates(caFile)) {
            store.setCertificateEntry("ca" + number++, certificate);
        }
        return store;
    }

    /** A client's own certificate, with those between it and the CA, and its key. */
    static KeyStore own(Path certificateFile, Path keyFile, char[] password)
            throws GeneralSecurityException, IOException {
        Certificate[] chain = certificates(certificateFile).toArray(new Certificate[0]);
        KeyStore store = empty();
        PrivateKey key = key(keyFile, chain[0].getPublicKey());
        if (!KeyPairs.fit(key, chain[0].getPublicKey())) {
            throw new IOException(keyFile + " is not the key of " + certificateFile);
        }
        store.setKeyEntry("client", key, password, chain);
        return store;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
        if (certificates.isEmpty()) {
            throw new IOException(file + " has no certificate in PEM");
        }
        return certificates;
    }

    private static PrivateKey key(Path file, PublicKey publicKey) throws GeneralSecurityException, IOException {
        Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(file + " has no private key in PEM");
        }
        byte[] content = Base64.getMimeDecoder().decode(pem.group(2));
        byte[] pkcs8 = pem.group(1).isEmpty() ? content : withAlgorithm(content, publicKey);
        return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** The algorithm and its parameters stand in the certificate, too. */
    private static byte[] withAlgorithm(byte[] key, PublicKey publicKey) {
        byte[] info = publicKey.getEncoded();
        int algorithm = contentAt(info, 0);
        int end = contentAt(info, algorithm) + lengthAt(info, algorithm);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION);
        content.writeBytes(Arrays.copyOfRange(info, algorithm, end));
        content.writeBytes(element(OCTETS, key));
        return element(SEQUENCE, content.toByteArray());
    }

    private static int contentAt(byte[] der, int place) {
        int first = Byte.toUnsignedInt(der[place + 1]);
        return place + 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
    }

    private static int lengthAt(byte[] der, int place) {
        int first = Byte.toUnsignedInt(der[place + 1]);
        if (first < LONG_FORM) {
            return first;
        }
        int length = 0;
        for (int i = place + 2; i < contentAt(der, place); i++) {
            length = length << Byte.SIZE | Byte.toUnsignedInt(der[i]);
        }
        return length;
    }

    /** The length in as few bytes as it takes. */
    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        byte[] length = BigInteger.valueOf(content.length).toByteArray();
        int from = length[0] == 0 && length.length > 1 ? 1 : 0;
        if (content.length >= LONG_FORM) {
            element.write(LONG_FORM + length.length - from);
        }
        element.write(length, from, length.length - from);
        element.writeBytes(content);
        return element.toByteArray();
    }
}
