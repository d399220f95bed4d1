/* W1 as it was first stated: float cash, fees over gross, clips in order. For information only: w1.c has the rules. */
#include "common.h"
enum{M=500,T=2520,S=10,WV=60,WC=90};
static const int F[S]={5,5,10,10,10,20,20,20,50,50},L[S]={20,50,30,50,100,50,100,200,100,200};
static const int W[7]={5,10,20,30,50,100,200};
static int widx(int w){for(int i=0;i<7;i++)if(W[i]==w)return i;return -1;}
#define A64 __attribute__((aligned(64)))
int main(int ac,char**av){double*C=tr(rd("w1_c",M*T),M,T),*O=tr(rd("w1_o",M*T),M,T),*V=tr(rd("w1_v",M*T),M,T);
 const double COST=0.001,SLIP=0.0,CAP0=1e8,MAXSYM=0.05,MAXGROSS=1.5,MAXPART=0.1;int reps=7;double ts[7];
 double fe=0;long nfill=0,nint=0,norder=0,nclip=0;double cs=0;
 for(int rep=0;rep<reps;rep++){double t0=now();nfill=nint=norder=nclip=0;cs=0;
  static double sum[7][512] A64;memset(sum,0,sizeof sum);
  static double qty[S][512] A64;memset(qty,0,sizeof qty);static double cost[S][512] A64;memset(cost,0,sizeof cost);
  static double pos[512] A64,net[512] A64,gross[512] A64,clip[512] A64;memset(pos,0,sizeof pos);memset(net,0,sizeof net);memset(gross,0,sizeof gross);
  static uint8_t st[S][512];memset(st,0,sizeof st);static double sg[512] A64;static uint8_t sig[512];
  double cash[S],real[S],eq[S],prev[S],wt[S];for(int s=0;s<S;s++){cash[s]=CAP0/S;real[s]=0;eq[s]=prev[s]=CAP0/S;wt[s]=1.0/S;}
  double inv[7];for(int k=0;k<7;k++)inv[k]=1.0/W[k];int fi[S],li[S];for(int s=0;s<S;s++){fi[s]=widx(F[s]);li[s]=widx(L[s]);}
  static int inS[M*S],inM[M*S];static double inQ[M*S];int ni=0;static int touched[M];int nt=0;
  long cap=1<<16;int*LT=malloc(4*cap);short*LS=malloc(2*cap),*LM=malloc(2*cap);double*LQ=malloc(8*cap),*LP=malloc(8*cap),*LF=malloc(8*cap);
  double*EQ=malloc(8*S*T),*R=malloc(8*S*T),*WT=malloc(8*S*T),*COR=malloc(8L*S*S*T);
  double s1[S]={0},s2[S]={0},c1[S]={0},cxy[S][S];memset(cxy,0,sizeof cxy);
  double peq=CAP0;
  for(int t=0;t<T;t++){const double*c=C+(long)t*M,*o=O+(long)t*M,*v=V+(long)t*M;
   // A fills + attribution
   if(ni){
    for(int i=0;i<nt;i++){int m=touched[i];double q=net[m];clip[m]=q; // limits: per-symbol notional, participation
     double lim=MAXSYM*peq/c[m];/* uses last close approx */ double np=pos[m]+q;if(fabs(np)>lim&&fabs(np)>fabs(pos[m])){double a=floor(lim)-fabs(pos[m]);if(a<0)a=0;q=q>0?a:-a;}
     double pl=floor(MAXPART*v[m]);if(fabs(q)>pl)q=q>0?pl:-pl; if(q!=net[m]){nclip++;}
     clip[m]=q;pos[m]+=q;norder+=q!=0;}
    for(int i=0;i<ni;i++){int s=inS[i],m=inM[i];double d=inQ[i],q=clip[m];
     if(q!=net[m]){ // pro-rata with carry (exact lots): shrink side of the net
       double r=fabs(net[m])-fabs(q);if(r>0&&d*net[m]>0){double k=fabs(d)<r?fabs(d):r;d-=d>0?k:-k;net[m]-=net[m]>0?k:-k; if(d==0)continue;}}
     double px=o[m]*(q>0?1+SLIP:q<0?1-SLIP:1);double fee=fabs(q)*px*COST*(fabs(d)/gross[m]);
     double q0=qty[s][m];
     if(d>0)cost[s][m]+=d*px;else{double a=q0>0?cost[s][m]/q0:0;real[s]+=-d*(px-a);cost[s][m]+=d*a;}
     qty[s][m]=q0+d;cash[s]-=d*px+fee;real[s]-=fee;
     if(nfill==cap){cap*=2;LT=realloc(LT,4*cap);LS=realloc(LS,2*cap);LM=realloc(LM,2*cap);LQ=realloc(LQ,8*cap);LP=realloc(LP,8*cap);LF=realloc(LF,8*cap);}
     LT[nfill]=t;LS[nfill]=s;LM[nfill]=m;LQ[nfill]=d;LP[nfill]=px;LF[nfill]=fee;nfill++;}
    for(int i=0;i<nt;i++){net[touched[i]]=0;gross[touched[i]]=0;}nt=0;ni=0;}
   // B mark to market
   peq=0;double pg=0;for(int s=0;s<S;s++){const double*q=qty[s];double a[8]A64={0};int m=0;for(;m+8<=M;m+=8)for(int j=0;j<8;j++)a[j]+=q[m+j]*c[m+j];double x=((a[0]+a[1])+(a[2]+a[3]))+((a[4]+a[5])+(a[6]+a[7]));for(;m<M;m++)x+=q[m]*c[m];
     eq[s]=cash[s]+x;pg+=x;EQ[t*S+s]=eq[s];peq+=eq[s];R[t*S+s]=eq[s]/prev[s]-1;prev[s]=eq[s];}
   // C rolling 60d vol risk-parity weights, rolling 90d correlation (incremental)
   {double*r=R+t*S,*ov=t>=WV?R+(t-WV)*S:0,*oc=t>=WC?R+(t-WC)*S:0;
    for(int s=0;s<S;s++){double x=r[s];s1[s]+=x;s2[s]+=x*x;c1[s]+=x;if(ov){s1[s]-=ov[s];s2[s]-=ov[s]*ov[s];}if(oc)c1[s]-=oc[s];}
    for(int i=0;i<S;i++)for(int j=0;j<=i;j++){cxy[i][j]+=r[i]*r[j];if(oc)cxy[i][j]-=oc[i]*oc[j];}
    int n=t+1<WV?t+1:WV;double tot=0;if(n>=20){for(int s=0;s<S;s++){double var=(s2[s]-s1[s]*s1[s]/n)/(n-1);wt[s]=1/sqrt(var>1e-12?var:1e-12);tot+=wt[s];}for(int s=0;s<S;s++)wt[s]/=tot;}
    for(int s=0;s<S;s++)WT[t*S+s]=wt[s];
    int k=t+1<WC?t+1:WC;double*co=COR+(long)t*S*S;double sd[S];for(int i=0;i<S;i++){double var=cxy[i][i]-c1[i]*c1[i]/k;sd[i]=sqrt(var>1e-18?var:1e-18);}
    for(int i=0;i<S;i++)for(int j=0;j<=i;j++){double x=(cxy[i][j]-c1[i]*c1[j]/k)/(sd[i]*sd[j]);co[i*S+j]=co[j*S+i]=x;}}
   // D indicators + signals -> intents (sized)
   for(int k=0;k<7;k++){double*u=sum[k];if(t>=W[k]){const double*p=C+(long)(t-W[k])*M;for(int m=0;m<M;m++)u[m]+=c[m]-p[m];}else for(int m=0;m<M;m++)u[m]+=c[m];}
   double room=MAXGROSS*peq-pg;
   for(int s=0;s<S;s++){if(t<L[s]-1)continue;const double*a=sum[fi[s]],*b=sum[li[s]];double ia=inv[fi[s]],ib=inv[li[s]];uint8_t*z=st[s];
    for(int m=0;m<M;m++)sig[m]=(a[m]*ia>b[m]*ib)^z[m];
    double slot=eq[s]/M; /* equal capital: strategy ledger equity / M */
    int m=0;for(;m<M;m++){ if(!(m&7)&&m+8<=M){uint64_t w8;memcpy(&w8,sig+m,8);if(!w8){m+=7;continue;}} if(sig[m]){z[m]^=1;double d=(z[m]?floor(slot/c[m]):0)-qty[s][m];nint++;
       if(d!=0){double nn=d*c[m];if(nn>room)continue;if(nn>0)room-=nn;inS[ni]=s;inM[ni]=m;inQ[ni]=d;ni++;if(gross[m]==0)touched[nt++]=m;net[m]+=d;gross[m]+=fabs(d);}}}}
  }
  fe=peq;for(long i=0;i<(long)S*S*T;i++)cs+=COR[i];
  free(LT);free(LS);free(LM);free(LQ);free(LP);free(LF);free(EQ);free(R);free(WT);free(COR);
  double dt=now()-t0;ts[rep]=dt;}
double md=med(ts,reps);printf("{\"seconds\":%.6f,\"final\":%.17g,\"fills\":%ld,\"checksum\":\"\",\"rssMb\":%.1f}\n",md,fe,nfill,rss());}
