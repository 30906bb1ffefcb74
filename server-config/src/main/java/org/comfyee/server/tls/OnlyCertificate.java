package org.comfyee.server.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts one certificate and no other, by whatever name it calls its server and whoever vouches for it. */
public final class OnlyCertificate extends X509ExtendedTrustManager {
    private final X509Certificate own;

    private OnlyCertificate(X509Certificate own) {
        this.own = own;
    }

    /** What clients need to talk to the server that has this certificate, and to no other. */
    public static SSLContext trusted(X509Certificate certificate) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new OnlyCertificate(certificate)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without TLS", e);
        }
    }

    private void check(X509Certificate... shown) throws CertificateException {
        if (!shown[0].equals(own)) {
            throw new CertificateException("the server shows another certificate, that of " + shown[0].getSubjectX500Principal());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        check(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        check(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        check(shown);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        throw new CertificateException("no client is known");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        checkClientTrusted(shown, kind);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        checkClientTrusted(shown, kind);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
