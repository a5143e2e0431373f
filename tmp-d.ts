import { summarizeAHNet } from '@lungseg/networks';
for (const m of ['trilinear','transpose'] as const) { const s=summarizeAHNet({outChannels:2,pspBlockNum:0,upsampleMode:m},[1,32,224,224,1]); const conv=s.layers.filter(l=>l.type!=='BatchNorm').reduce((a,l)=>a+l.multiplyAdds,0); console.log(m, s.parameters, 2*s.multiplyAdds/1e9, 2*conv/1e9, s.peakValues*4/1e6); }
const s=summarizeAHNet({outChannels:2,pspBlockNum:0,upsampleMode:'trilinear',width:.25},[1,32,224,224,1]); console.log(s.parameters, s.multiplyAdds*2/1e9, s.peakValues*4/1e6);
