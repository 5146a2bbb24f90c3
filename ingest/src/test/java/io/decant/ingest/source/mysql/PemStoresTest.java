package io.decant.ingest.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.sink.http.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemStoresTest {

    private static final char[] PASSWORD = "x".toCharArray();
    /** Of an EC key in PKCS #8: version and algorithm, then an octet string of up to 127 bytes with the key itself. */
    private static final int LENGTH_OF_KEY_AT = 2 + 3 + 21 + 1;

    @TempDir
    Path folder;

    @Test
    void shouldReadCertificatesAndKeysOfNewAndOfOld() throws Exception {
        TestCertificate client = TestCertificate.client(folder, "client");
        KeyStore trusted = PemStores.trusted(client.certificate());
        assertThat(trusted.size()).isOne();
        KeyStore own = PemStores.own(client.certificate(), client.key(), PASSWORD);
        byte[] key = own.getKey("client", PASSWORD).getEncoded();
        assertThat(own.getCertificateChain("client")).containsExactly(trusted.getCertificate("ca0"));

        byte[] old = Arrays.copyOfRange(key, LENGTH_OF_KEY_AT + 1, key.length);
        assertThat(old).hasSize(key[LENGTH_OF_KEY_AT]);
        Path file = Files.writeString(
                folder.resolve("old.pem"),
                "-----BEGIN EC PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(old)
                        + "\n-----END EC PRIVATE KEY-----\n");
        assertThat(PemStores.own(client.certificate(), file, PASSWORD).getKey("client", PASSWORD))
                .isEqualTo(own.getKey("client", PASSWORD));
    }

    @Test
    void shouldSayWhichFileIsNone() throws Exception {
        TestCertificate client = TestCertificate.client(folder, "client");
        Path nothing = Files.writeString(folder.resolve("nothing"), "");
        assertThatThrownBy(() -> PemStores.trusted(nothing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing has no certificate");
        assertThatThrownBy(() -> PemStores.own(client.certificate(), nothing, PASSWORD))
                .hasMessageContaining("nothing has no private key");
        TestCertificate other = TestCertificate.client(folder, "other");
        assertThatThrownBy(() -> PemStores.own(client.certificate(), other.key(), PASSWORD))
                .hasMessage(other.key() + " is not the key of " + client.certificate());
    }
}
